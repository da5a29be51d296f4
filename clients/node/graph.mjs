// @microsoft/microsoft-graph-client with @azure/identity, pointed at Comity: all the configuration there is.
//
// The authority's certificate comes from the environment: `NODE_EXTRA_CA_CERTS`.

import { ClientSecretCredential } from '@azure/identity';
import { Client } from '@microsoft/microsoft-graph-client';
import { TokenCredentialAuthenticationProvider } from
  '@microsoft/microsoft-graph-client/authProviders/azureTokenCredentials/index.js';

import { CLIENT, SECRET, TENANT, URL_OF_COMITY } from './demo.mjs';

export function connect() {
  return connectWith(new ClientSecretCredential(TENANT, CLIENT, SECRET, {
    authorityHost: URL_OF_COMITY, disableInstanceDiscovery: true,
  }));
}

export function connectWith(credential) {
  return Client.initWithMiddleware({
    baseUrl: URL_OF_COMITY,                       // without /v1.0
    customHosts: new Set(['localhost']),          // without the port; else no token is sent
    authProvider: new TokenCredentialAuthenticationProvider(credential, {
      scopes: [`${URL_OF_COMITY}/.default`],
    }),
  });
}
