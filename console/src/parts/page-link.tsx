import { Anchor, type AnchorProps } from '@mantine/core';
import { createLink, useSearch } from '@tanstack/react-router';
import { forwardRef, type MouseEventHandler, type ReactNode } from 'react';
import type { Address } from '../router/addresses.ts';
import { pageAt } from '../router/pages.ts';
import { useCan } from '../session/me.ts';

/** Where a link leads to; the chosen tenant goes along. */
export interface Target {
  readonly to: Address;
  readonly params?: Readonly<Record<string, string>>;
  readonly search?: Readonly<Record<string, string | undefined>>;
}

interface BareProps extends Omit<AnchorProps, 'href'> {
  readonly children?: ReactNode;
  readonly onClick?: MouseEventHandler<HTMLAnchorElement>;
}

const BareLink = createLink(
  forwardRef<HTMLAnchorElement, BareProps>(function Bare(props, ref) {
    return <Anchor ref={ref} {...props} />;
  }),
);

export interface PageLinkProps extends BareProps {
  readonly target: Target;
}

/** Whether the page at an address is there for this role. */
export function useLeadsSomewhere(): (address: Address) => boolean {
  const can = useCan();
  return (address) => {
    const page = pageAt(address);
    return page !== undefined && can(...page.needs);
  };
}

/** A link to a page, or its text alone where the role has no such page. */
export function PageLink({ target, children, ...props }: PageLinkProps) {
  const leadsSomewhere = useLeadsSomewhere();
  const { tenant } = useSearch({ strict: false });
  if (!leadsSomewhere(target.to)) return <span>{children}</span>;
  const { to, params = {}, search = {} } = target;
  return (
    <BareLink
      inherit
      underline="always"
      {...props}
      to={to as string}
      params={params as never}
      search={{ ...(tenant && { tenant }), ...search } as never}
    >
      {children}
    </BareLink>
  );
}
