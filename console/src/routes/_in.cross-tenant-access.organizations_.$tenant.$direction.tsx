import { createFileRoute, notFound } from '@tanstack/react-router';
import { Organization } from '../cross-tenant/edit/Organization';
import { directionOf, place } from '../cross-tenant/edit/place';

export const Route = createFileRoute('/_in/cross-tenant-access/organizations_/$tenant/$direction')({
  validateSearch: place,
  params: {
    parse: ({ tenant, direction }) => {
      const known = directionOf(direction);
      if (!known) throw notFound();
      return { tenant, direction: known };
    },
  },
  component: function OrganizationPage() {
    const { tenant, direction } = Route.useParams();
    const search = Route.useSearch();
    const navigate = Route.useNavigate();
    return (
      <Organization
        tenant={tenant}
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
