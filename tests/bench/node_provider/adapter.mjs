// Storage for oidc-provider in one PostgreSQL table, each operation one prepared statement on a pooled connection.

import pg from 'pg';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS model (
    kind text NOT NULL,
    id text NOT NULL,
    payload jsonb NOT NULL,
    grant_id text,
    uid text,
    user_code text,
    expires_at timestamptz,
    consumed_at timestamptz,
    PRIMARY KEY (kind, id)
  );
  CREATE INDEX IF NOT EXISTS model_grant_id ON model (grant_id);
  CREATE INDEX IF NOT EXISTS model_uid ON model (uid);
  CREATE INDEX IF NOT EXISTS model_user_code ON model (user_code);
`;

const LIVE = '(expires_at IS NULL OR expires_at > now())';
const COLUMNS = 'SELECT payload, extract(epoch FROM consumed_at)::bigint AS consumed FROM model';

const STATEMENTS = {
  upsert: `
    INSERT INTO model (kind, id, payload, grant_id, uid, user_code, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, now() + $7 * interval '1 second')
    ON CONFLICT (kind, id) DO UPDATE SET payload = excluded.payload, grant_id = excluded.grant_id,
      uid = excluded.uid, user_code = excluded.user_code, expires_at = excluded.expires_at`,
  find: `${COLUMNS} WHERE kind = $1 AND id = $2 AND ${LIVE}`,
  findByUid: `${COLUMNS} WHERE kind = $1 AND uid = $2 AND ${LIVE}`,
  findByUserCode: `${COLUMNS} WHERE kind = $1 AND user_code = $2 AND ${LIVE}`,
  consume: 'UPDATE model SET consumed_at = now() WHERE kind = $1 AND id = $2',
  destroy: 'DELETE FROM model WHERE kind = $1 AND id = $2',
  revokeByGrantId: 'DELETE FROM model WHERE grant_id = $1',
};

export async function openPool(connectionString, max) {
  const pool = new pg.Pool({ connectionString, max });
  return { pool, run: (name, values) => pool.query({ name, text: STATEMENTS[name], values }) };
}

export async function createTable(store) {
  await store.pool.query(SCHEMA);
}

// Returns the adapter class that oidc-provider instantiates once for each of its kinds of rows.
export function adapterOn({ run }) {
  async function one(name, kind, key) {
    const { rows: [row] } = await run(name, [kind, key]);
    if (!row) return undefined;
    return row.consumed === null ? row.payload : { ...row.payload, consumed: Number(row.consumed) };
  }
  return class PostgresAdapter {
    constructor(kind) {
      this.kind = kind;
    }

    async upsert(id, payload, expiresIn) {
      const { grantId, uid, userCode } = payload;
      await run('upsert', [this.kind, id, payload, grantId, uid, userCode, expiresIn ?? null]);
    }

    find(id) {
      return one('find', this.kind, id);
    }

    findByUid(uid) {
      return one('findByUid', this.kind, uid);
    }

    findByUserCode(userCode) {
      return one('findByUserCode', this.kind, userCode);
    }

    async consume(id) {
      await run('consume', [this.kind, id]);
    }

    async destroy(id) {
      await run('destroy', [this.kind, id]);
    }

    async revokeByGrantId(grantId) {
      await run('revokeByGrantId', [grantId]);
    }
  };
}
