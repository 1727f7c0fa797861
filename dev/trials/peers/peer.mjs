// A peer of js-libp2p: makes its record with its own library, registers it at a cpcd over REST, and dials whom FindPeers returns.
// Arguments: the REST address, an invite (or nothing), the address to listen on. Then a line on stdin: "find", or "end".
import { createInterface } from 'node:readline'
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { identify } from '@libp2p/identify'
import { PeerRecord, RecordEnvelope } from '@libp2p/peer-record'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { createLibp2p } from 'libp2p'

// js-libp2p asks for a newer Node than 20, and of what that has it uses this alone.
Promise.withResolvers ??= function () {
  const made = {}
  made.promise = new this((resolve, reject) => Object.assign(made, { resolve, reject }))
  return made
}

const [rest, invite, listen] = process.argv.slice(2)
const say = (what) => console.log(JSON.stringify(what))
const base64 = (bytes) => Buffer.from(bytes).toString('base64')

const privateKey = await generateKeyPair('Ed25519')
const node = await createLibp2p({
  privateKey,
  addresses: { listen: [listen] },
  transports: [tcp()],
  connectionEncrypters: [noise()],
  streamMuxers: [yamux()],
  services: { identify: identify(), ping: ping() }
})

async function ask (method, path, body, token) {
  const headers = { 'content-type': 'application/json', ...(token == null ? {} : { authorization: `Bearer ${token}` }) }
  const answer = await fetch(`http://${rest}${path}`, { method, headers, body: body == null ? undefined : JSON.stringify(body) })
  const message = await answer.json()
  if (!answer.ok) throw new Error(`${path}: ${JSON.stringify(message)}`)
  return message
}

// What is signed: the domain, then each part after its length (a byte is enough for each of these).
function signedPart (...parts) {
  return Buffer.concat(parts.map((part) => {
    if (part.length > 127) return Buffer.concat([Buffer.from([part.length & 127 | 128, part.length >> 7]), part])
    return Buffer.concat([Buffer.from([part.length]), part])
  }))
}

async function proof () {
  const publicKey = base64(privateKey.publicKey.raw)
  const begin = { publicKey, kind: 'SUBJECT_KIND_NODE', purpose: 'CHALLENGE_PURPOSE_REGISTER' }
  const { challenge } = await ask('POST', '/auth', { begin })
  const expires = Buffer.alloc(8)
  expires.writeBigUInt64BE(BigInt(Date.parse(challenge.expiresAt)))
  const blob = Buffer.from(challenge.challenge, 'base64')
  const message = Buffer.concat([
    Buffer.from('cpc-login-v1'),
    signedPart(Buffer.from(challenge.serverId), Buffer.from('node'), Buffer.from('register'), Buffer.from(privateKey.publicKey.raw), expires, blob)
  ])
  return { challenge: challenge.challenge, signature: base64(await privateKey.sign(message)), invite }
}

const record = new PeerRecord({ peerId: node.peerId, multiaddrs: node.getMultiaddrs().map((address) => address.decapsulateCode?.(421) ?? address) })
const envelope = await RecordEnvelope.seal(record, privateKey)
const signedPeerRecord = base64(envelope.marshal())
const registered = await ask('POST', '/register', { signedPeerRecord, proof: await proof(), agentVersion: 'js-libp2p', namespaces: ['trial'] })
const token = registered.tokens.accessToken
say({ peerId: node.peerId.toString(), nodeId: registered.nodeId, addresses: node.getMultiaddrs().map(String), same: registered.peerId === node.peerId.toString() })

async function find () {
  const { peers = [] } = await ask('GET', '/v1/peers?namespace=trial', null, token)
  const found = []
  for (const peer of peers) {
    // The record is opened by the peer's own library: its signature and its key are what is believed, not the server.
    const opened = await RecordEnvelope.openAndCertify(Buffer.from(peer.signedPeerRecord, 'base64'), PeerRecord.DOMAIN)
    const theirs = PeerRecord.createFromProtobuf(opened.payload)
    const known = (await node.peerStore.all()).length
    const connection = await node.dial(theirs.multiaddrs)
    const trip = await node.services.ping.ping(connection.remotePeer)
    found.push({
      peerId: theirs.peerId.toString(), addresses: theirs.multiaddrs.map(String), knownBefore: known,
      connected: connection.remotePeer.equals(theirs.peerId) && peer.peerId === theirs.peerId.toString(),
      remote: connection.remoteAddr.toString(), pingMs: trip, route: peer.route
    })
  }
  return { found }
}

for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'end') break
  try { say(await find()) } catch (error) { say({ error: String(error) }) }
}
await node.stop()
process.exit(0)
