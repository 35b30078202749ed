import { Text } from '@mantine/core';
import { PageTitle } from '../parts/page-title.tsx';
import { useMe } from '../session/me.ts';
import { shell as text } from '../strings/shell.ts';

export function Forbidden() {
  const { role } = useMe();
  return (
    <>
      <PageTitle>{text.forbiddenTitle}</PageTitle>
      <Text maw={560}>{text.forbidden(role)}</Text>
    </>
  );
}
