"""Wenzhen (问诊): diagnoses logs, estimates memory and triages help requests for local language models."""

import gc

# Modules, knowledge and answers are made of many objects that live on: looked through for garbage at every 700 new
# ones, as small programs are, a start would take a tenth longer.
gc.set_threshold(10_000)
