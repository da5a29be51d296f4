// @azure/msal-node, pointed at Comity: all the configuration there is.

import { ConfidentialClientApplication } from '@azure/msal-node';

import { CLIENT, TENANT, URL_OF_COMITY } from './demo.mjs';

export function application(clientSecret) {
  return new ConfidentialClientApplication({
    auth: {
      clientId: CLIENT, clientSecret,
      authority: `${URL_OF_COMITY}/${TENANT}`,
      knownAuthorities: [new URL(URL_OF_COMITY).host],    // here with the port
    },
  });
}
