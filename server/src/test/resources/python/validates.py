"""The validator of OASIS checks bundles; prints what is wrong, exits with 1 if anything is.

Arguments: bundle files.
"""

import sys

from stix2validator import ValidationOptions, validate_file

bad = False
for name in sys.argv[1:]:
    result = validate_file(name, ValidationOptions(version="2.1"))
    for one in result.object_results:
        for fault in one.errors:
            bad = True
            print(name, fault)
    if not result.is_valid:
        bad = True
        print(name, "is not valid", result.fatal)
sys.exit(1 if bad else 0)
