"""Takes sealed or withdrawn material out of archive, topics, tables and backups, for good.

What is looked for is found in the feed topics (``sought``); then every topic of the namespace, its
changelogs (``topics``), every table (``tables``) and every archive folder (``documents``) is
searched for it. What is left is a tombstone: the hash of the id, the reason and the date.
"""
