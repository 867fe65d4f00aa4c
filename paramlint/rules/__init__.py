"""What paramlint has to say about a model: one class a rule, one file a class.

A module named ``prm<number>_<name>`` in this package is a rule; there is no other list.
"""
