// An address that leads nowhere.

import { Link } from '../pieces/Link';
import { Page } from '../pieces/Page';
import { texts } from './words';

export function Lost() {
  return (
    <Page title={texts.lostTitle}>
      <p>{texts.lost}</p>
      <Link to="/">{texts.home}</Link>
    </Page>
  );
}
