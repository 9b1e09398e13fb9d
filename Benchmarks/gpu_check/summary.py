"""The table at the end, and what it says in one word for each check."""

from gpu_check.checks import CHECKS


def verdict(result):
    """`holds`, `FAILS`, `open`, or `done` for a check that demands nothing."""
    if not result or result["status"] == "unfinished":
        return "open"
    if result["status"] == "failed" or any(bar["holds"] is False for bar in result["bars"]):
        return "FAILS"
    if any(bar["holds"] is None for bar in result["bars"]):
        return "open"
    return "holds" if result["bars"] else "done"


def show(results):
    """Prints the table; returns 1 if a bar fails."""
    print(f"\n{'check':<24}{'kind':<13}{'verdict':<9}{'seconds':>7}  commit")
    for check in CHECKS:
        result = results.get(check.name, {})
        seconds = f"{result['seconds']:.0f}" if "seconds" in result else ""
        print(f"{check.name:<24}{check.kind:<13}{verdict(result):<9}{seconds:>7}  {result.get('commit', '')}")
        for bar in result.get("bars", []):
            print(f"    {({True: 'holds', False: 'FAILS', None: 'open '})[bar['holds']]}  {bar['text']}")
        for note in result.get("notes", []):
            print(f"    note: {note}")
        if result.get("output"):
            print("    " + "\n    ".join(result["output"].strip().splitlines()[-6:]))
    verdicts = [verdict(results.get(check.name)) for check in CHECKS]
    print(", ".join(f"{verdicts.count(word)} {word}" for word in ("holds", "done", "open", "FAILS")))
    return 1 if "FAILS" in verdicts else 0
