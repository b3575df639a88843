# Makes triggerd@.service of triggerd.service. An instance has files, socket and ledger of its own, and none of them
# lies inside those of triggerd.service: systemd removes /run/triggerd when that one stops.
s|^Description=.*|& (%i)|
s|^ExecStart=.*|& --config /etc/triggerd/%i/triggerd.toml|
s|^ExecReload=[^ ]*|& --socket %t/triggerd-%i/control|
s/^\(Runtime\|State\)Directory=.*/&-%i/
s|`systemctl edit triggerd`|`systemctl edit triggerd@NAME`|
