"""The oracle of the holiday tests: for each line of the input, "DE" tab "BY", the public holidays of the years given.

Called with the first and the last year; prints lines of country, region and day, "-" for no region.
"""
import sys
import warnings

import holidays

warnings.simplefilter("ignore")
years = range(int(sys.argv[1]), int(sys.argv[2]) + 1)
for line in sys.stdin:
    country, region = line.rstrip("\n").split("\t")
    for day in sorted(holidays.country_holidays(country, subdiv=None if region == "-" else region, years=years)):
        if day.year in years:
            print(country, region, day, sep="\t")
