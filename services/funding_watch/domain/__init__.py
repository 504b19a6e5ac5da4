"""Calls, their history and their match with needs: values in, values and events out."""
