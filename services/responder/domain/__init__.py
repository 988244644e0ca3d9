"""The rules of answering. Pure: times, ids and what was found come in as arguments."""
