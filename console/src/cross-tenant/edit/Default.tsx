// The default settings, in one direction.

import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { asProblem } from '../../api/problem';
import { BLOCKS, type Block, type BlockName, type Direction } from '../data/model';
import { defaults } from '../data/queries';
import type { Which } from './BlockEditor';
import { DirectionPage } from './DirectionPage';
import type { Subject, Values } from './draft';
import type { Section } from './sections';

const SUBJECT: Subject = { kind: 'default' };

export interface DefaultProps {
  direction: Direction;
  section: Section | undefined;
  which: Which;
  onPlace: (place: { section?: Section; which?: Which }) => void;
}

export function Default(props: DefaultProps) {
  const { data, error, refetch } = useQuery(defaults);
  const loaded = useMemo(() => {
    if (!data) return undefined;
    const blocks = Object.fromEntries(BLOCKS.map((name) => [name, data.value[name]])) as Record<
      BlockName,
      Block
    >;
    const values: Values = {
      ...blocks,
      inboundTrust: data.value.inboundTrust,
      inboundAllowed: null,
      outboundAllowed: null,
      isSyncAllowed: null,
    };
    return { values, tag: data.tag };
  }, [data]);
  return (
    <DirectionPage
      {...props}
      subject={SUBJECT}
      loaded={loaded}
      error={error && asProblem(error)}
      onRetry={() => void refetch()}
    />
  );
}
