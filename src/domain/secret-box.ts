import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

/** A secret at rest: which key sealed it, and nonce, ciphertext and tag in one. */
export interface Sealed {
  readonly keyId: string;
  readonly box: Uint8Array;
}

export interface EncryptionKey {
  readonly id: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
}

export interface KeyedHash {
  readonly keyId: string;
  readonly hash: string;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
// Without it a box cut short would be checked by a shorter, weaker tag.
const TAG = { authTagLength: TAG_BYTES };

/** Seals secrets with AES-256-GCM. The first key seals; every key opens, so that keys can be rotated. */
export class SecretBox {
  readonly #keys: readonly EncryptionKey[];

  constructor(keys: readonly [EncryptionKey, ...EncryptionKey[]]) {
    this.#keys = keys;
  }

  seal(plain: string): Sealed {
    const current = this.#keys[0];
    if (!current) throw new Error('no encryption key is configured');
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', current.key, nonce, TAG);
    const sealed = Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return { keyId: current.id, box: sealed };
  }

  /** @throws SecretUnreadable */
  open({ keyId, box }: Sealed): string {
    const found = this.#keys.find(({ id }) => id === keyId);
    if (!found) throw new SecretUnreadable('cannot be decrypted: their encryption key is not configured', keyId);
    try {
      return decrypt(found.key, box);
    } catch (error) {
      const detail = 'cannot be decrypted: their encryption key has changed, or they are damaged';
      throw new SecretUnreadable(detail, keyId, { cause: error });
    }
  }

  /** Undefined when it cannot be opened. */
  tryOpen(sealed: Sealed): string | undefined {
    try {
      return this.open(sealed);
    } catch (error) {
      if (error instanceof SecretUnreadable) return undefined;
      throw error;
    }
  }

  /**
   * Keyed hashes of a text (HMAC-SHA256), one for each key, the current one first: equal texts have equal hashes, and nobody without
   * the key can find the text by trying.
   *
   * @param purpose separates the hashes of one use from those of another, and from encryption
   */
  hashes(purpose: string, text: string): readonly KeyedHash[] {
    return this.#keys.map(({ id, key }) => {
      const own = createHmac('sha256', key).update(purpose).digest();
      return { keyId: id, hash: createHmac('sha256', own).update(text).digest('base64url') };
    });
  }
}

/** The key of a secret is not configured, or it does not open it. The message names no key; it may be shown to tenants. */
export class SecretUnreadable extends Error {
  readonly keyId: string;

  constructor(message: string, keyId: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SecretUnreadable';
    this.keyId = keyId;
  }
}

function decrypt(key: Uint8Array, box: Uint8Array): string {
  const decipher = createDecipheriv('aes-256-gcm', key, box.subarray(0, NONCE_BYTES), TAG);
  decipher.setAuthTag(box.subarray(box.length - TAG_BYTES));
  const plain = [decipher.update(box.subarray(NONCE_BYTES, box.length - TAG_BYTES)), decipher.final()];
  return Buffer.concat(plain).toString('utf8');
}
