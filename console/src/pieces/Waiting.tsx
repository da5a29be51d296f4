// A page whose content is still on its way, or did not come.

import { makeStyles, Skeleton, SkeletonItem, tokens } from '@fluentui/react-components';
import { asProblem } from '../api/problem';
import { ProblemBar } from './ProblemBar';
import { texts } from './words';

const useStyles = makeStyles({ bars: { display: 'grid', gap: tokens.spacingVerticalM, maxWidth: '46rem' } });

export function Waiting({ error, retry }: { error: unknown; retry: () => void }) {
  const styles = useStyles();
  if (error) return <ProblemBar problem={asProblem(error)} retry={retry} />;
  return (
    <Skeleton aria-label={texts.loading} className={styles.bars}>
      <SkeletonItem size={32} />
      <SkeletonItem size={96} />
      <SkeletonItem size={96} />
    </Skeleton>
  );
}
