// Two states of the settings, side by side.

import {
  makeStyles,
  Table,
  TableBody,
  TableCell,
  TableHeader,
  TableHeaderCell,
  TableRow,
  Text,
  tokens,
} from '@fluentui/react-components';
import { useNames, withNames } from '../names/names';
import { type Difference, said } from './data';
import { usePartName } from './partName';
import { texts } from './words';

const useStyles = makeStyles({
  frame: {
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusLarge,
  },
  cell: { verticalAlign: 'top', paddingBlock: tokens.spacingVerticalS, overflowWrap: 'anywhere' },
  value: {
    margin: 0,
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
  },
});

export interface ComparedProps {
  found: readonly Difference[];
  from: string;
  to: string;
}

export function Compared({ found, from, to }: ComparedProps) {
  const styles = useStyles();
  const names = useNames();
  const partName = usePartName();
  return (
    <div className={styles.frame}>
      <Table aria-label={texts.differences(texts.revisionIs(from), texts.revisionIs(to))}>
        <TableHeader>
          <TableRow>
            <TableHeaderCell>{texts.setting}</TableHeaderCell>
            <TableHeaderCell>{texts.state(from)}</TableHeaderCell>
            <TableHeaderCell>{texts.state(to)}</TableHeaderCell>
          </TableRow>
        </TableHeader>
        <TableBody>
          {found.map(({ part, property, before, after }) => (
            <TableRow key={`${part} ${property}`}>
              <TableCell className={styles.cell}>
                <Text weight="semibold" block dir="auto">
                  {partName(part)}
                </Text>
                {property}
              </TableCell>
              {[before, after].map((value, place) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: before, then after
                <TableCell key={place} className={styles.cell}>
                  <pre className={styles.value} dir="auto">
                    {withNames(said(value), names) || texts.nothing}
                  </pre>
                </TableCell>
              ))}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </div>
  );
}
