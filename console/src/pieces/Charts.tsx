// Two charts of our own: columns over days, and bars with a name. Everything they show stands in a
// table beside them as well, so to whoever does not see them they are one picture with a name.

import { makeStyles, mergeClasses, Text, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { scale } from './charts';

/** One of two kinds, told apart by colour and by pattern. */
export interface Pair {
  inbound: number;
  outbound: number;
}

export interface PairNames {
  inbound: string;
  outbound: string;
}

const useStyles = makeStyles({
  whole: { display: 'grid', gap: tokens.spacingVerticalS, minWidth: 0, margin: 0 },
  svg: { width: '100%', height: 'auto', display: 'block' },
  legend: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: tokens.spacingHorizontalL,
    color: tokens.colorNeutralForeground2,
  },
  key: { display: 'inline-flex', alignItems: 'center', gap: tokens.spacingHorizontalXS },
  line: { stroke: tokens.colorNeutralStroke2, strokeWidth: 1 },
  label: { fill: tokens.colorNeutralForeground2, fontSize: '12px' },
  inbound: { fill: tokens.colorBrandBackground, forcedColorAdjust: 'none' },
  outbound: { fill: tokens.colorPaletteMarigoldBackground3, forcedColorAdjust: 'none' },
  outline: { stroke: tokens.colorNeutralForeground1, strokeWidth: 0.5 },
  bars: {
    listStyleType: 'none',
    margin: 0,
    padding: 0,
    display: 'grid',
    gridTemplateColumns: 'minmax(6rem, 14rem) minmax(0, 1fr) auto',
    columnGap: tokens.spacingHorizontalM,
    rowGap: tokens.spacingVerticalXS,
    alignItems: 'center',
  },
  bar: { display: 'contents' },
  name: { overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' },
});

function Legend({ names }: { names: PairNames }) {
  const styles = useStyles();
  return (
    <div className={styles.legend} aria-hidden>
      {(['inbound', 'outbound'] as const).map((kind) => (
        <span key={kind} className={styles.key}>
          <svg width="12" height="12" aria-hidden="true">
            <rect width="12" height="12" className={mergeClasses(styles[kind], styles.outline)} />
          </svg>
          <Text size={200}>{names[kind]}</Text>
        </span>
      ))}
    </div>
  );
}

const [WIDTH, HEIGHT, LEFT, FOOT] = [720, 200, 48, 24];

export interface ColumnsProps {
  label: string;
  names: PairNames;
  data: readonly ({ name: string; short: string } & Pair)[];
}

/** Columns, one above the other, over the days. */
export function Columns({ label, names, data }: ColumnsProps) {
  const styles = useStyles();
  const lines = scale(Math.max(0, ...data.map(({ inbound, outbound }) => inbound + outbound)));
  const top = lines.at(-1) ?? 1;
  const y = (count: number) => 8 + (HEIGHT - FOOT - 8) * (1 - count / top);
  const width = (WIDTH - LEFT) / Math.max(1, data.length);
  const every = Math.ceil(data.length / 8);
  return (
    <figure className={styles.whole}>
      <Legend names={names} />
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} className={styles.svg} role="img" aria-label={label}>
        {lines.map((line) => (
          <g key={line}>
            <line x1={LEFT} x2={WIDTH} y1={y(line)} y2={y(line)} className={styles.line} />
            <text x={LEFT - 6} y={y(line) + 4} textAnchor="end" className={styles.label}>
              {line.toLocaleString('en')}
            </text>
          </g>
        ))}
        {data.map(({ name, short, inbound, outbound }, place) => {
          const x = LEFT + place * width;
          const part = { x: x + width * 0.15, width: width * 0.7 };
          return (
            <g key={name}>
              <title>{`${name}: ${names.inbound} ${inbound}, ${names.outbound} ${outbound}`}</title>
              {inbound > 0 && (
                <rect
                  {...part}
                  y={y(inbound)}
                  height={y(0) - y(inbound)}
                  className={mergeClasses(styles.inbound, styles.outline)}
                />
              )}
              {outbound > 0 && (
                <rect
                  {...part}
                  y={y(inbound + outbound)}
                  height={y(0) - y(outbound)}
                  className={mergeClasses(styles.outbound, styles.outline)}
                />
              )}
              {place % every === 0 && (
                <text x={x + width / 2} y={HEIGHT - 6} textAnchor="middle" className={styles.label}>
                  {short}
                </text>
              )}
            </g>
          );
        })}
      </svg>
    </figure>
  );
}

export interface BarsProps {
  label: string;
  /** What the two kinds are called; not given where there is one kind only. */
  names: PairNames | undefined;
  data: readonly ({ key: string; name: ReactNode } & Pair)[];
}

/** Bars, each with its name and its number. */
export function Bars({ label, names, data }: BarsProps) {
  const styles = useStyles();
  const top = Math.max(1, ...data.map(({ inbound, outbound }) => inbound + outbound));
  return (
    <figure className={styles.whole}>
      {names && <Legend names={names} />}
      <ul className={styles.bars} aria-label={label}>
        {data.map(({ key, name, inbound, outbound }) => (
          <li key={key} className={styles.bar}>
            <span className={styles.name} dir="auto">
              {name}
            </span>
            <svg viewBox="0 0 100 12" preserveAspectRatio="none" height="16" width="100%" aria-hidden="true">
              <rect width={(100 * inbound) / top} height="12" className={styles.inbound} />
              <rect
                x={(100 * inbound) / top}
                width={(100 * outbound) / top}
                height="12"
                className={styles.outbound}
              />
            </svg>
            <Text>{(inbound + outbound).toLocaleString('en')}</Text>
          </li>
        ))}
      </ul>
    </figure>
  );
}
