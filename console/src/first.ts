import { config } from 'zod/v4/core';

// Imported before anything that makes a schema. zod compiles code where it may, and its probe alone violates the policy.
config({ jitless: true });
