"use strict";
// Charts: pointer and arrow keys show the figures of a mark. Tables: click a heading to sort.
(() => {
  const tip = document.getElementById("tip");
  const live = document.getElementById("live");
  const MARK = ".role-mark [aria-label]";
  let lit = null;

  function show(mark, aloud) {
    if (lit) lit.classList.remove("on");
    lit = mark;
    tip.hidden = !mark;
    if (!mark) return;
    mark.classList.add("on");
    tip.textContent = mark.getAttribute("aria-label").replaceAll("; ", " · ");
    place(mark);
    if (aloud) live.textContent = tip.textContent;
  }

  function place(mark) {
    const box = mark.getBoundingClientRect();
    const left = Math.min(Math.max(8, box.left + box.width / 2 - tip.offsetWidth / 2), innerWidth - tip.offsetWidth - 8);
    const above = box.top - tip.offsetHeight - 8;
    tip.style.left = `${left}px`;
    tip.style.top = `${above > 8 ? above : box.bottom + 8}px`;
  }

  for (const plot of document.querySelectorAll(".plot")) {
    let at = -1;
    const marks = () => [...plot.querySelectorAll(MARK)].filter((mark) => mark.getClientRects().length);
    plot.addEventListener("pointermove", (event) => show(event.target.closest(MARK)));
    plot.addEventListener("pointerleave", () => show(null));
    plot.addEventListener("blur", () => { at = -1; show(null); });
    plot.addEventListener("keydown", (event) => {
      const all = marks();
      const steps = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 };
      if (event.key === "Escape") return show(null);
      if (!(event.key in steps) || !all.length) return;
      event.preventDefault();
      at = Math.min(Math.max(0, steps[event.key]), all.length - 1);
      show(all[at], true);
    });
  }
  addEventListener("scroll", () => lit && place(lit), { passive: true });

  const value = (row, column) => {
    const cell = row.cells[column];
    const text = cell.dataset.value ?? cell.textContent.trim();
    const number = Number(text.replaceAll(",", "").replace(/%$/, ""));
    return text !== "" && !Number.isNaN(number) ? number : text;
  };
  for (const table of document.querySelectorAll("table")) {
    const body = table.tBodies[0];
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      if (body.rows[0]?.cells[column]?.classList.contains("n")) head.classList.add("n");
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") !== "descending";
        for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const rows = [...body.rows].sort((a, b) => {
          const [x, y] = [value(a, column), value(b, column)];
          const order = typeof x === typeof y ? (x < y ? -1 : x > y ? 1 : 0) : typeof x === "number" ? 1 : -1;
          return down ? -order : order;
        });
        body.append(...rows);
      });
    });
  }
})();
