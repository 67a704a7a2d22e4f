"""Write the JSON of every dashboard: `python -m deploy.dashboards`."""

from deploy.dashboards.files import texts

if __name__ == "__main__":
    for path, text in texts().items():
        path.write_text(text, encoding="utf-8")
