"""`make bench`: how many requests a second this server answers beside others, measured in one run on one machine.

Competitors, each with the same number of processes and on the same PostgreSQL server, in a database of its own:

- this server, started as docs/running.md says for production (`web`, and `mcp` for /mcp), with Redis if it is there;
- `plain_dot/`: django-oauth-toolkit as its documentation sets it up, under gunicorn with as many threads as `web`;
- `node_provider/`: the npm package oidc-provider on a PostgreSQL adapter of its own, in as many cluster processes;
- for /mcp, `sdk_server.py`: the bare MCP SDK with one static token; `fastmcp_server.py`: FastMCP with its in-memory
  OAuth provider.

It needs wrk (`apt-get install wrk`) and Node with npm (`apt-get install nodejs npm`); redis-server is used where it is
installed. The npm packages pinned in node_provider/package.json and FastMCP, pinned in parts.py, are installed
into .bench/ at the first run; FastMCP gets a virtual environment there and never shares the product's.

Codes and tokens are put into each database by each product's own models before the run (`seed_ours.py`, `seed_dot.py`,
`node_provider/server.mjs seed`), so that every measured code exchange and every refresh is a real first use. Every
answer is checked, and a round with one wrong answer is no result.

The competitors of a path take turns, several rounds long, since a machine's speed changes from minute to minute: a
ratio is the median of the rounds' ratios, and only ratios count. `make bench` writes them to docs/performance.md.

    make bench                                          everything, some ten minutes
    make bench BENCH="--rounds 1 --only refresh mcp"    some paths only; docs/performance.md stays as it is
"""
