"""khabar on Airflow: a run every five minutes, a compaction every night.

One run at a time and no catching up: the past is in the feeds only as long as their window.
"""

from datetime import datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

ROOT = "/srv/news"
CONFIGURATION = "--feeds /etc/khabar/feeds.toml --config /etc/khabar/khabar.toml"

with DAG(
    "khabar_run",
    schedule="*/5 * * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(minutes=30),
    tags=["khabar"],
) as run_dag:
    BashOperator(
        task_id="run",
        bash_command=f"khabar run --root {ROOT} {CONFIGURATION} --json",
        skip_on_exit_code=75,  # another run holds the lock
        retries=0,  # the next run repeats the work
    )

with DAG(
    "khabar_compact",
    schedule="17 3 * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    tags=["khabar"],
) as compact_dag:
    compact = BashOperator(
        task_id="compact",
        bash_command=f"khabar compact --root {ROOT} --lock-wait 5m --json",
        skip_on_exit_code=75,
    )
    verify = BashOperator(task_id="verify", bash_command=f"khabar verify --root {ROOT} --json")
    compact >> verify
