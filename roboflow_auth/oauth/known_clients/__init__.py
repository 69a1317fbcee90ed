"""The catalogue of clients that people really use: who they are, where their answers may go (protocol.md P-C8).

shipped.json is the list that comes with the product; shipping writes it into the table, where staff disable, replace
and add to it; lookup finds entries, from memory; names says which names a person would read alike.
"""
