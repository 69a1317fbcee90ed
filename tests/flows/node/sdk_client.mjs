// A client on @modelcontextprotocol/sdk that knows only the address of a server: node sdk_client.mjs URL TOOL ARGUMENTS.
// It registers, hands the authorization URL to the program in BROWSER, waits on a loopback address for the answer, and
// prints one line of JSON: the names of the tools and the result of the call.

import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { on, once } from 'node:events';
import { createServer } from 'node:http';

import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

const [url, tool, toolArguments] = process.argv.slice(2);

const loopback = createServer();
loopback.listen(0, '127.0.0.1');
await once(loopback, 'listening');
const redirectUrl = `http://127.0.0.1:${loopback.address().port}/callback`;

// What the SDK asks of an application: a place for what it must remember, and a way to the person's browser.
const kept = { state: randomUUID() };
const provider = {
  redirectUrl,
  clientMetadata: { client_name: 'TypeScript SDK', redirect_uris: [redirectUrl], token_endpoint_auth_method: 'none' },
  state: () => kept.state,
  clientInformation: () => kept.client,
  saveClientInformation: (client) => { kept.client = client; },
  tokens: () => kept.tokens,
  saveTokens: (tokens) => { kept.tokens = tokens; },
  codeVerifier: () => kept.verifier,
  saveCodeVerifier: (verifier) => { kept.verifier = verifier; },
  redirectToAuthorization: (address) => { spawn(process.env.BROWSER, [address.href], { stdio: 'ignore' }); },
};

async function receiveCode() {
  for await (const [request, response] of on(loopback, 'request')) {
    const answer = new URL(request.url, redirectUrl);
    response.setHeader('Content-Type', 'text/html');
    response.setHeader('Connection', 'close');
    response.end('<h1>Back in the app</h1>');
    if (answer.pathname !== '/callback') continue;
    if (answer.searchParams.get('state') !== kept.state) throw new Error('The state is not ours.');
    return answer.searchParams.get('code');
  }
}

// Runs `use` with a connection, and after the person's consent once more where the server asks for one.
async function connected(use) {
  const transport = new StreamableHTTPClientTransport(new URL(url), { authProvider: provider });
  const client = new Client({ name: 'flows', version: '1.0.0' });
  try {
    await client.connect(transport);
    return await use(client);
  } catch (error) {
    if (!(error instanceof UnauthorizedError)) throw error;
    await transport.finishAuth(await receiveCode());
    return await connected(use);
  } finally {
    await client.close();
  }
}

const tools = await connected(async (client) => (await client.listTools()).tools.map((each) => each.name));
const result = await connected((client) => client.callTool({ name: tool, arguments: JSON.parse(toolArguments) }));
console.log(JSON.stringify({ tools, result }));
loopback.close();
loopback.closeAllConnections();
