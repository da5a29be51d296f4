# The Azure CLI, pointed at Comity: all the configuration there is.
#
# URL, TENANT, CLIENT and SECRET say where and who; REQUESTS_CA_BUNDLE names the authority's certificate.

az cloud register --name comity --skip-endpoint-discovery \
  --endpoint-resource-manager "$URL" \
  --endpoint-active-directory "$URL" \
  --endpoint-active-directory-resource-id "$URL" \
  --endpoint-microsoft-graph-resource-id "$URL/"
az cloud set --name comity
az config set core.instance_discovery=false
az login --service-principal --username "$CLIENT" --password "$SECRET" --tenant "$TENANT" --skip-subscription-discovery
