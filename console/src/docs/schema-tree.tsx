import { Badge, Collapse, Text, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronRight } from '@tabler/icons-react';
import classes from './docs.module.css';
import type { Reference, Schema } from './document.ts';
import { Markdown } from './markdown.tsx';
import { boundsOf, type Member, membersOf, named, typeOf } from './schema.ts';
import { docs as text } from './strings.ts';

/** The members of a schema with their types, bounds and descriptions. What lies deeper is made when it is opened. */
export function SchemaTree({ schema, reference }: { readonly schema: Schema; readonly reference: Reference }) {
  const members = membersOf(schema, reference);
  const { schema: itself } = named(schema, reference);
  return (
    <>
      <Text size="sm" c="dimmed" mb={4}>
        {typeOf(schema, reference)}
      </Text>
      {members.length === 0 ? (
        itself.description && <Markdown>{itself.description}</Markdown>
      ) : (
        <Members members={members} reference={reference} />
      )}
    </>
  );
}

function Members({ members, reference }: { readonly members: readonly Member[]; readonly reference: Reference }) {
  return (
    <ul className={classes.members}>
      {members.map((member) => (
        <li key={member.name}>
          <MemberRow member={member} reference={reference} />
        </li>
      ))}
    </ul>
  );
}

function MemberRow({ member, reference }: { readonly member: Member; readonly reference: Reference }) {
  const [isOpen, { toggle }] = useDisclosure();
  const { schema } = named(member.schema, reference);
  const description = member.schema.description ?? schema.description;
  const below = membersOf(member.schema, reference);
  return (
    <>
      <MemberHead
        name={member.name}
        type={typeOf(member.schema, reference)}
        isRequired={member.isRequired}
        isDeprecated={schema.deprecated === true}
        bounds={boundsOf(schema)}
      />
      {description && <Markdown>{description}</Markdown>}
      {below.length > 0 && (
        <>
          <UnstyledButton
            className={classes.opener}
            aria-expanded={isOpen}
            aria-label={isOpen ? text.hide(member.name) : text.show(member.name)}
            onClick={toggle}
          >
            <IconChevronRight size={14} aria-hidden data-open={isOpen || undefined} />
            {text.fields}
          </UnstyledButton>
          <Collapse expanded={isOpen}>{isOpen && <Members members={below} reference={reference} />}</Collapse>
        </>
      )}
    </>
  );
}

interface HeadProps {
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly isDeprecated?: boolean;
  readonly bounds: readonly string[];
}

/** The line of a member or parameter: name, type, bounds. */
export function MemberHead({ name, type, isRequired, isDeprecated = false, bounds }: HeadProps) {
  return (
    <div className={classes.member}>
      <code className={classes.name}>{name}</code>
      <span className={classes.type}>{type}</span>
      {isRequired && (
        <Badge size="xs" variant="outline" color="gray" tt="none">
          {text.required}
        </Badge>
      )}
      {isDeprecated && (
        <Badge size="xs" variant="outline" color="gray" tt="none">
          {text.deprecated}
        </Badge>
      )}
      {bounds.map((bound) => (
        <span key={bound} className={classes.type}>
          {bound}
        </span>
      ))}
    </div>
  );
}
