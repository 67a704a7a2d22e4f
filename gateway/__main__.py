"""Run the command line as `python -m gateway`."""

from gateway.cli import main

if __name__ == "__main__":
    main(prog_name="gateway")
