"""The program: runs the command line and turns every way it can end into an exit code.

0 reflected, whatever was found · 1 only with --fail-on · 2 usage or input · 3 no model: `evaluate`, or with --strict ·
70 a fault of the program itself · 130 interrupted.
"""

import codecs
import gc
import io
import json
import os
import sys
from pathlib import Path

import click

from compassion_coach.cli import cli
from compassion_coach.cli.aside import complain
from compassion_coach.errors import CoachError, DataError, ModelError

_OBJECTS = 200_000  # between two looks for garbage: what is imported is none


def main() -> None:
    """Run the program and leave with its exit code, at once: to take apart what was imported takes time."""
    gc.set_threshold(_OBJECTS)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy's threads wait busily, in the way of the encoder's
    _streams()
    code = run(sys.argv[1:])
    sys.stderr.flush()
    if "ray" in sys.modules:  # it leaves processes to the end of the interpreter
        sys.exit(code)
    os._exit(code)


def _streams() -> None:
    """Let a stream that is closed be none, and what another encoding does not have be spelt as JSON spells it."""
    for name, way in {"stdin": "r", "stdout": "w", "stderr": "w"}.items():
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), way, encoding="utf-8"))
    codecs.register_error("spelt", _spelt)
    for stream, errors in ((sys.stdout, "spelt"), (sys.stderr, "spelt"), (sys.stdin, "surrogateescape")):
        if isinstance(stream, io.TextIOWrapper):  # another that a program put there has its own ways
            stream.reconfigure(errors=errors)


def _spelt(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end


def run(arguments: list[str]) -> int:
    """Run the program and return its exit code. Messages go to stderr; none holds a word of a letter."""
    try:
        code = cli.main(arguments, prog_name="compassion-coach", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.ClickException as error:
        if "unexpected extra argument" in error.message:  # which may be the words of a letter that was pasted there
            usage = error.ctx.get_usage() + "\n\n" if isinstance(error, click.UsageError) and error.ctx else ""
            click.echo(f"{usage}There are more arguments than there is use for. --help says what there is.", err=True)
        else:
            error.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        return 130
    except (BrokenPipeError, SystemExit) as leave:  # the latter, with 1, is click's way where nobody reads on
        if isinstance(leave, SystemExit) and leave.code != 1:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        complain(f"the answer could not be written: {error.strerror}.")
        return 2
    except CoachError as error:
        complain(error)
        return 3 if isinstance(error, ModelError) else 70 if isinstance(error, DataError) else 2
    except Exception as error:  # its text might quote a letter, so only its place is told
        complain(f"a fault in the program itself ({_place(error)}). Nothing was changed.")
        return 70


def _place(error: Exception) -> str:
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    where = f"{Path(frame.tb_frame.f_code.co_filename).name}:{frame.tb_lineno}" if frame else "unknown"
    return f"{type(error).__name__} at {where}"


if __name__ == "__main__":
    main()
