import { z } from 'zod';

/** The body of an action without parameters; it may be left out. */
export const emptyBodySchema = z
  .strictObject({})
  .meta({ id: 'EmptyBody', description: 'No members; the body may be left out.', examples: [{}] });
