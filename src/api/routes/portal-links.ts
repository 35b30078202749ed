import { createPortalLink, portalLinkInputSchema } from '../../admin/portal-links.ts';
import { EXAMPLE_IDS } from '../example-ids.ts';
import { newPortalLinkSchema, showNewPortalLink } from '../portal-link-view.ts';
import { globalRoute, type Route } from '../route.ts';

const inputSchema = portalLinkInputSchema.meta({
  id: 'PortalLinkInput',
  description: 'A link to the portal to make.',
  examples: [
    {
      tenantId: EXAMPLE_IDS.tenant,
      permissions: 'manage',
      theme: { colour: '#0b7285', name: 'Acme Passes' },
      person: 'jane@acme.example',
    },
    { tenantId: EXAMPLE_IDS.tenant, permissions: 'read', lifetimeMs: 900_000 },
  ],
});

export const portalLinkRoutes: readonly Route[] = [
  globalRoute({
    tag: 'portal',
    method: 'post',
    path: '/v1/portal-links',
    operationId: 'createPortalLink',
    summary: 'Make a link to the portal; it is returned only once',
    description:
      "The portal shows the console of one tenant: in a frame of the platform's own page, or as a page of its own. The link can be opened once, within 15 minutes. `docs/portal.md` has a page that embeds it.",
    body: inputSchema,
    status: 201,
    answer: newPortalLinkSchema,
    blank: (answer) => ({ ...answer, path: '', link: '' }),
    async handle(context, { body, caller }) {
      return showNewPortalLink(await createPortalLink(context, body, caller.id));
    },
  }),
];
