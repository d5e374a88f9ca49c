# Each call of the Stretto API sets one attribute.
curl --digest -X POST "https://stretto.example/stretto/prov/profile/attribute?method=POST&profileName=field&groupName=example.net&attributeName=account1.briaPush.enabled&attributeValue=1"
curl --digest -X POST "https://stretto.example/stretto/prov/profile/attribute?method=POST&profileName=field&groupName=example.net&attributeName=account1--briaPush--RegistrationMode&attributeValue=1"
curl --digest -X POST "https://stretto.example/stretto/prov/user/attribute?method=POST&userName=tom@example.net&attributeName=account1.credentials.domain&attributeValue=voice.example.net%3A5080"
curl --digest -X POST "https://stretto.example/stretto/prov/user/attribute?method=POST&userName=tom@example.net&attributeName=account1.credentials.password&attributeValue=sip-tom"
