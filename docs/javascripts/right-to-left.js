// Prose that runs from right to left is wrapped: scrolled to its left end one would see the last words first.
const RIGHT_TO_LEFT = /[\p{Script=Arabic}\p{Script=Hebrew}]/gu;
for (const code of document.querySelectorAll("pre > code")) {
  const longest = code.textContent.split("\n").reduce((a, b) => (b.length > a.length ? b : a), "");
  if ((longest.match(RIGHT_TO_LEFT) || []).length > longest.length / 2) code.classList.add("right-to-left");
}
