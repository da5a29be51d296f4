// Applications of Microsoft that the pickers offer, by the ids that are the same in every tenant, and
// the two words that stand for many of them.

export interface Named {
  id: string;
  name: string;
}

export const SUITES: readonly Named[] = [
  { id: 'Office365', name: 'Office 365 (all applications of the suite)' },
  { id: 'AllMicrosoftApps', name: 'All Microsoft applications' },
];

export const MICROSOFT: readonly Named[] = [
  { id: '00000003-0000-0000-c000-000000000000', name: 'Microsoft Graph' },
  { id: '00000012-0000-0000-c000-000000000000', name: 'Microsoft Rights Management Services' },
  { id: '00000002-0000-0ff1-ce00-000000000000', name: 'Office 365 Exchange Online' },
  { id: '00000003-0000-0ff1-ce00-000000000000', name: 'Office 365 SharePoint Online' },
  { id: '00000004-0000-0ff1-ce00-000000000000', name: 'Skype for Business Online' },
  { id: '00000005-0000-0ff1-ce00-000000000000', name: 'Office 365 Yammer' },
  { id: '00000006-0000-0ff1-ce00-000000000000', name: 'Microsoft Office 365 Portal' },
  { id: 'cc15fd57-2c6c-4117-a88c-83b1d56b4bbe', name: 'Microsoft Teams Services' },
  { id: '1fec8e78-bce4-4aaf-ab1b-5451cc387264', name: 'Microsoft Teams' },
  { id: '5e3ce6c0-2b1f-4285-8d4b-75ee78787346', name: 'Microsoft Teams Web Client' },
  { id: 'ab9b8c07-8f02-4f72-87fa-80105867a763', name: 'OneDrive SyncEngine' },
  { id: '4765445b-32c6-49b0-83e6-1d93765276ca', name: 'OfficeHome' },
  { id: 'c9a559d2-7aab-4f13-a6ed-e7e9c52aec87', name: 'Microsoft Forms' },
  { id: '09abbdfd-ed23-44ee-a2d9-a627aa1c90f3', name: 'Microsoft Planner' },
  { id: '2634dd23-5e5a-431c-81ca-11710d9079f4', name: 'Microsoft Stream' },
  { id: '905fcf26-4eb7-48a0-9ff0-8dcc7194b5ba', name: 'Sway' },
  { id: '22098786-6e16-43cc-a27d-191a01a1e3b5', name: 'Microsoft To-Do' },
  { id: '95de633a-083e-42f5-b444-a4295d8e9314', name: 'Microsoft Whiteboard Services' },
  { id: 'd3590ed6-52b3-4102-aeff-aad2292ab01c', name: 'Microsoft Office' },
  { id: '27922004-5251-4030-b22d-91ecd9a37ea4', name: 'Outlook Mobile' },
  { id: '797f4846-ba00-4fd7-ba43-dac1f8f63013', name: 'Azure Resource Manager' },
  { id: 'c44b4083-3bb0-49c1-b47d-974e53cbdf3c', name: 'Azure Portal' },
  { id: '04b07795-8ddb-461a-bbee-02f9e1bf7b46', name: 'Azure CLI' },
  { id: '1950a258-227b-4e31-a9cf-717495945fc2', name: 'Azure PowerShell' },
  { id: '14d82eec-204b-4c2f-b7e8-296a70dab67e', name: 'Microsoft Graph Command Line Tools' },
  { id: '00000009-0000-0000-c000-000000000000', name: 'Power BI Service' },
  { id: '18fbca16-2224-45f6-85b0-f7bf2b39b3f3', name: 'Microsoft Docs' },
  { id: '2793995e-0a7d-40d7-bd35-6968ba142197', name: 'My Apps' },
  { id: '0000000c-0000-0000-c000-000000000000', name: 'Microsoft App Access Panel' },
  { id: '8c59ead7-d703-4a27-9e55-c96a0054c8d2', name: 'My Profile' },
  { id: '19db86c3-b2b9-44cc-b339-36da233a3be2', name: 'My Sign-ins' },
];

/** What an id of Microsoft's stands for. */
export function microsoftName(id: string): string | undefined {
  const wanted = id.toLowerCase();
  return [...SUITES, ...MICROSOFT].find((known) => known.id.toLowerCase() === wanted)?.name;
}

export const isMicrosoft = (id: string): boolean => microsoftName(id) !== undefined;
