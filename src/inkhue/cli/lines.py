"""`inkhue lines`: show what a line extractor makes of a picture."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("picture", type=click.Path(path_type=Path))
@click.option(
    *("-o", "--output", "out"),
    type=click.Path(path_type=Path),
    metavar="OUT",
    help="The file to write, PNG, WebP, TIFF or JPEG; NAME.lines.png beside PICTURE if not given.",
)
@click.option("--method", default="ink", show_default=True, help="ink, xdog or pencil.")
@click.option("--force", is_flag=True, help="Replace an existing file.")
def command(picture: Path, out: Path | None, method: str, force: bool) -> None:
    """Extract the lines of a colour PICTURE, as training does."""
    from inkhue.lines import extract
    from inkhue.output import save_picture
    from inkhue.page import open_page

    page = open_page(picture)
    save_picture(
        extract(page.rgb, method),
        out or picture.with_name(f"{picture.stem}.lines.png"),
        dpi=page.dpi,
        force=force,
    )
