"""Write the snapshots anew: `make snapshots`. Look at each before it is committed."""

from pathlib import Path

from compassion_coach import Letter, Reflection
from compassion_coach.render.html import to_html
from compassion_coach.render.markdown import to_markdown
from compassion_coach.render.terminal import to_terminal

HERE = Path(__file__).parent

if __name__ == "__main__":
    letter = Letter.of((HERE / "letter.txt").read_text("utf-8"))
    known = Reflection.from_json((HERE / "reflection.json").read_text("utf-8"))
    for name, form in {"terminal": to_terminal, "markdown": to_markdown, "html": to_html}.items():
        (HERE / f"reflection.{name}").write_text(form(letter, known), "utf-8")
