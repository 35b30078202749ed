import { Text } from '@mantine/core';
import { PageTitle } from '../parts/page-title.tsx';
import { isPortal } from '../portal/place.ts';
import { useMe } from '../session/me.ts';
import { portal } from '../strings/portal.ts';
import { shell as text } from '../strings/shell.ts';

export function Forbidden() {
  const { role } = useMe();
  return (
    <>
      <PageTitle>{text.forbiddenTitle}</PageTitle>
      <Text maw={560}>{isPortal ? portal.notPart : text.forbidden(role)}</Text>
    </>
  );
}
