// The days of the time that is looked at, as columns of a chart.

import { everyDay } from '../pieces/charts';
import type { Activity } from './data';

const short = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** Columns for every day of the time that is looked at. */
export function columnsOf(told: Activity) {
  const known = new Map(told.days.map((day) => [day.date, day]));
  const first = told.from ?? told.days[0]?.date;
  const today = new Date().toISOString().slice(0, 10);
  // A clock that is ahead of this one has days that are not here yet.
  const days = [told.days.at(-1)?.date ?? today, today].sort();
  if (!first) return [];
  return everyDay(first, days.at(-1) ?? today).map((date) => ({
    name: date,
    short: short.format(new Date(`${date}T00:00:00Z`)),
    inbound: known.get(date)?.inbound ?? 0,
    outbound: known.get(date)?.outbound ?? 0,
  }));
}
