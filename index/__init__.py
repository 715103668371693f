"""The numbers: vectors, groups, attribute columns, filters and versions on disk.

This layer knows rows, groups (a row belongs to one group) and attribute columns of groups.
It never sees text meant for people.
"""
