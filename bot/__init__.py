"""Wenzhen (问诊): diagnoses logs, estimates memory and triages help requests for local language models."""
