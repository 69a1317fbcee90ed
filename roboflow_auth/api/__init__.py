"""The REST API: one of four doors to the same rooms, with an audience of its own and problem details for refusals."""
