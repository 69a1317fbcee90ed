// The npm package oidc-provider on PostgreSQL: a competitor of `make bench`, run by tests/bench/node_provider.py.
//
//   node server.mjs serve          serves on 127.0.0.1:PORT with WORKERS processes
//   node server.mjs seed           reads {codes, tokens, people, challenge, redirect_uri} from standard input, makes as
//                                  many codes and tokens by the provider's own models, and prints them as JSON
//
// DATABASE_URL and ISSUER come from the environment.

import cluster from 'node:cluster';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';

import Provider from 'oidc-provider';

import { adapterOn, createTable, openPool } from './adapter.mjs';

const { DATABASE_URL, ISSUER, PORT, WORKERS } = process.env;
const CONNECTIONS = 8;
const SCOPE = 'offline_access';
const AT_ONCE = 64;

function buildProvider(store) {
  // Nothing on the measured paths is signed, so each process may have a key of its own.
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return new Provider(ISSUER, {
    adapter: adapterOn(store),
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' }] },
    cookies: { keys: [randomBytes(32).toString('hex')] },
    findAccount: (ctx, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true },
      registration: { enabled: true },
    },
    // The seeded codes and tokens have to outlive the whole run.
    ttl: { AuthorizationCode: 7200, AccessToken: 7200, RefreshToken: 86400, Grant: 86400, ClientCredentials: 3600 },
  });
}

async function serve() {
  if (cluster.isPrimary) {
    for (let number = 0; number < Number(WORKERS); number += 1) cluster.fork();
    process.on('SIGTERM', () => {
      for (const worker of Object.values(cluster.workers)) worker.kill();
      process.exit(0);
    });
    return;
  }
  const store = await openPool(DATABASE_URL, CONNECTIONS);
  buildProvider(store).listen(Number(PORT), '127.0.0.1');
}

async function makeClients(store, redirectUri) {
  const Adapter = adapterOn(store);
  const secret = randomBytes(32).toString('base64url');
  const common = { redirect_uris: [redirectUri], response_types: ['code'] };
  const app = {
    ...common,
    client_id: 'app',
    application_type: 'native',
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: 'none',
  };
  const service = {
    client_id: 'service',
    client_secret: secret,
    redirect_uris: [],
    response_types: [],
    grant_types: ['client_credentials'],
    token_endpoint_auth_method: 'client_secret_basic',
  };
  for (const client of [app, service]) await new Adapter('Client').upsert(client.client_id, client);
  return { client_id: 'app', service_id: 'service', service_secret: secret };
}

async function makeMany(count, makeOne) {
  const made = [];
  while (made.length < count) {
    const batch = Math.min(AT_ONCE, count - made.length);
    made.push(...await Promise.all(Array.from({ length: batch }, (_, offset) => makeOne(made.length + offset))));
  }
  return made;
}

async function seed() {
  const wanted = JSON.parse(await text(process.stdin));
  const store = await openPool(DATABASE_URL, CONNECTIONS);
  await createTable(store);
  const provider = buildProvider(store);
  const clients = await makeClients(store, wanted.redirect_uri);
  const client = await provider.Client.find(clients.client_id);
  const grantIds = await makeMany(wanted.people, async (number) => {
    const grant = new provider.Grant({ accountId: `person-${number}`, clientId: client.clientId });
    grant.addOIDCScope(SCOPE);
    return grant.save();
  });
  const granted = (number) => ({
    accountId: `person-${number % wanted.people}`,
    grantId: grantIds[number % wanted.people],
    client,
    scope: SCOPE,
    gty: 'authorization_code',
  });
  const makeCode = (number) => new provider.AuthorizationCode({
    ...granted(number),
    redirectUri: wanted.redirect_uri,
    codeChallenge: wanted.challenge,
    codeChallengeMethod: 'S256',
  }).save();
  const seeded = {
    ...clients,
    codes: await makeMany(wanted.codes, makeCode),
    refresh_tokens: await makeMany(
      wanted.codes,
      (number) => new provider.RefreshToken({ ...granted(number), rotations: 0 }).save(),
    ),
    access_tokens: await makeMany(wanted.tokens, (number) => new provider.AccessToken(granted(number)).save()),
  };
  await store.pool.end();
  process.stdout.write(JSON.stringify(seeded));
}

await (process.argv[2] === 'seed' ? seed() : serve());
