// The official JavaScript client, unchanged, against the sign-in stand-in.
// Usage: node contract.mjs <package.json of the project that has the client> <base URL> <service key>
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'

const [, , project, base, serviceKey] = process.argv
const { AuthClient } = createRequire(project)('@supabase/auth-js')
const url = `${base}/auth/v1`
const [email, password] = ['bo@globex.test', 'correct horse']

function newClient(key = 'stand-in', flowType = 'pkce') {
  const kept = new Map()
  const storage = {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => void kept.set(name, value),
    removeItem: (name) => void kept.delete(name),
  }
  const headers = { apikey: key, Authorization: `Bearer ${key}` }
  return new AuthClient({ url, headers, storage, flowType, autoRefreshToken: false, detectSessionInUrl: false })
}

async function right(call) {
  const { data, error } = await call
  assert.equal(error, null)
  return data
}

async function refused(call, status, code) {
  const { error } = await call
  assert.deepEqual([error?.status, error?.code], [status, code])
  return error
}

async function linkFor(recipient) {
  const { mails } = await (await fetch(`${url}/outbox`, { headers: { accept: 'application/json' } })).json()
  return mails.find((mail) => mail.recipient === recipient).link
}

async function follow(link) {
  const reply = await fetch(link, { redirect: 'manual' })
  return new URL(reply.headers.get('location'))
}

async function consent(start, fields) {
  const page = await (await fetch(start)).text()
  const state = /name="state" value="([^"]+)"/.exec(page)[1]
  const reply = await fetch(`${url}/stand-in/google`, {
    method: 'POST',
    body: new URLSearchParams({ state, ...fields }),
    redirect: 'manual',
  })
  return follow(reply.headers.get('location'))
}

const steps = {
  async 'signing up, twice, with a weak password'() {
    const client = newClient()
    const { session } = await right(client.signUp({ email, password, options: { data: { name: 'Bo' } } }))
    assert.equal(session.user.user_metadata.name, 'Bo')
    await refused(newClient().signUp({ email, password }), 422, 'user_already_exists')
    const weak = await refused(newClient().signUp({ email: 'w@x.test', password: 'a' }), 422, 'weak_password')
    assert.deepEqual([weak.name, weak.reasons], ['AuthWeakPasswordError', ['length']])
  },

  async 'a session from sign-in to sign-out'() {
    const client = newClient()
    await refused(client.signInWithPassword({ email, password: 'wrong' }), 400, 'invalid_credentials')
    const { session } = await right(client.signInWithPassword({ email, password }))
    assert.equal((await right(client.getUser())).user.email, email)
    const { claims, header } = await right(client.getClaims())
    assert.deepEqual([claims.email, header.alg], [email, 'ES256'])
    const refreshed = (await right(client.refreshSession())).session
    assert.notEqual(refreshed.refresh_token, session.refresh_token)
    await right(client.updateUser({ data: { theme: 'dark' } }))
    assert.equal((await client.signOut()).error, null)
    const gone = { refresh_token: refreshed.refresh_token }
    await refused(client.refreshSession(gone), 400, 'refresh_token_not_found')
  },

  async 'a new password after recovery'() {
    const client = newClient()
    await right(client.resetPasswordForEmail(email, { redirectTo: `${base}/reset` }))
    await refused(newClient().resetPasswordForEmail(email), 429, 'over_email_send_rate_limit')
    const back = await follow(await linkFor(email))
    assert.equal(back.pathname, '/reset')
    const data = await right(client.exchangeCodeForSession(back.searchParams.get('code')))
    assert.equal(data.user.email, email)
    await refused(client.updateUser({ password }), 422, 'same_password')
    await right(client.updateUser({ password: 'another horse' }))
    await right(newClient().signInWithPassword({ email, password: 'another horse' }))
  },

  async 'Google, with a code that is good once'() {
    const client = newClient()
    const options = { skipBrowserRedirect: true, redirectTo: `${base}/signed-in` }
    const start = await right(client.signInWithOAuth({ provider: 'google', options }))
    const back = await consent(start.url, { email: 'gus@gmail.test', name: 'Gus' })
    const code = back.searchParams.get('code')
    const { session } = await right(client.exchangeCodeForSession(code))
    assert.equal(session.user.app_metadata.provider, 'google')
    const body = JSON.stringify({ auth_code: code, code_verifier: 'x'.repeat(43) })
    const headers = { apikey: 'stand-in', 'content-type': 'application/json' }
    const again = await fetch(`${url}/token?grant_type=pkce`, { method: 'POST', headers, body })
    assert.equal(again.status, 404)
  },

  async 'a sign-in code by mail'() {
    const client = newClient('stand-in', 'implicit')
    await right(client.signInWithOtp({ email: 'new@globex.test' }))
    const link = new URL(await linkFor('new@globex.test'))
    const token_hash = link.searchParams.get('token')
    const { session } = await right(client.verifyOtp({ type: 'magiclink', token_hash }))
    assert.equal(session.user.email, 'new@globex.test')
    await refused(client.verifyOtp({ type: 'magiclink', token_hash }), 403, 'otp_expired')
  },

  async 'administration, with the service key alone'() {
    const { admin } = newClient(serviceKey)
    await refused(newClient().admin.listUsers(), 403, 'not_admin')
    const invited = (await right(admin.inviteUserByEmail('guest@acme.test'))).user
    const listed = await right(admin.listUsers({ page: 1, perPage: 2 }))
    assert.deepEqual([listed.users.length, listed.nextPage], [2, 2])
    assert.ok(listed.total >= 3)
    await right(admin.updateUserById(invited.id, { app_metadata: { plan: 'trial' } }))
    assert.equal((await right(admin.getUserById(invited.id))).user.app_metadata.plan, 'trial')
    const made = await right(admin.generateLink({ type: 'magiclink', email }))
    assert.ok(made.properties.action_link.startsWith(url))
    await right(admin.deleteUser(invited.id))
    await refused(admin.getUserById(invited.id), 404, 'user_not_found')
  },
}

for (const [name, step] of Object.entries(steps)) {
  try {
    await step()
    console.log(`ok ${name}`)
  } catch (error) {
    console.error(`not ok ${name}\n${error.stack}`)
    process.exitCode = 1
  }
}
