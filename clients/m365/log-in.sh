# The CLI for Microsoft 365, pointed at Comity: all the configuration there is.
#
# Its clouds are compiled in, so it is given tokens by a broker: a small server that answers
#   GET $IDENTITY_ENDPOINT?resource=$URL  with  {"access_token": "…", "expires_on": "<seconds since 1970>"}
# IDENTITY_ENDPOINT and IDENTITY_HEADER say where; NODE_EXTRA_CA_CERTS names the authority's certificate.

m365 cli config set --key disableTelemetry --value true
m365 cli config set --key prompt --value false
m365 login --authType identity
