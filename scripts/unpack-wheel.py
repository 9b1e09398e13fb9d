"""Unpacks the members of a wheel that match one of several patterns.

usage: unpack-wheel.py WHEEL FOLDER PATTERN...
"""

import fnmatch
import sys
import zipfile


def main() -> int:
    wheel, folder, patterns = sys.argv[1], sys.argv[2], sys.argv[3:]
    try:
        with zipfile.ZipFile(wheel) as archive:
            names = [n for n in archive.namelist() if any(fnmatch.fnmatchcase(n, p) for p in patterns)]
            if not names:
                print(f"no member of {wheel} matches {' '.join(patterns)}", file=sys.stderr)
                return 1
            archive.extractall(folder, names)
    except (OSError, zipfile.BadZipFile) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


sys.exit(main())
