import { createFileRoute, notFound } from '@tanstack/react-router';
import { Default } from '../cross-tenant/edit/Default';
import { directionOf, place } from '../cross-tenant/edit/place';

export const Route = createFileRoute('/_in/cross-tenant-access/default_/$direction')({
  validateSearch: place,
  params: {
    parse: ({ direction }) => {
      const known = directionOf(direction);
      if (!known) throw notFound();
      return { direction: known };
    },
  },
  component: function DefaultPage() {
    const { direction } = Route.useParams();
    const search = Route.useSearch();
    const navigate = Route.useNavigate();
    return (
      <Default
        direction={direction}
        section={search.tab}
        which={search.half ?? 'users'}
        onPlace={({ section, which }) =>
          void navigate({
            search: { tab: section, half: which === 'applications' ? which : undefined },
            replace: true,
          })
        }
      />
    );
  },
});
