import { z } from 'zod';

/** A colour as `#0b7285`. */
export const COLOUR = /^#[0-9a-fA-F]{6}$/;
const IMAGE = /^data:image\/(png|jpeg|webp|svg\+xml);base64,[A-Za-z0-9+/]+={0,2}$/;
const MAX_IMAGE_LENGTH = 48 * 1024;

/** `read`: nothing can be changed or sent; `manage`: what a tenant key may do, less events, erasures and keys. */
export const PORTAL_PERMISSIONS = ['read', 'manage'] as const;
export type PortalPermissions = (typeof PORTAL_PERMISSIONS)[number];

/** What the platform may change about the looks of the portal. What is absent is as the installation has it. */
export const portalThemeSchema = z.strictObject({
  colour: z.string().regex(COLOUR, { error: 'must be a colour as #0b7285' }).optional().meta({
    description: 'The primary colour. It is darkened or lightened until text in it is legible.',
  }),
  name: z.string().min(1).max(100).optional().meta({ description: 'The name in the head of the page.' }),
  logo: z
    .string()
    .max(MAX_IMAGE_LENGTH)
    .regex(IMAGE, { error: 'must be an image as data:image/png;base64,… (png, jpeg, webp or svg+xml)' })
    .optional()
    .meta({ description: 'The logo in the head of the page, as a `data:` URL of 48 KiB at most.' }),
});
export type PortalTheme = z.infer<typeof portalThemeSchema>;

/** How the installation serves the portal. */
export interface PortalOptions {
  /** The pages that may show it in a frame. */
  readonly origins: readonly string[];
  readonly colour: string | undefined;
  readonly name: string | undefined;
  /** The path of an image. */
  readonly logoFile: string | undefined;
}
