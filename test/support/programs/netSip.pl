# A registrar and stateless proxy made of the parts of Net::SIP, on a port of 127.0.0.1. It asks for no password.
use strict;
use warnings;
use Net::SIP qw(:all);
use Net::SIP::Dispatcher::Eventloop;

my $port = shift;
my $loop = Net::SIP::Dispatcher::Eventloop->new;
my $leg = Net::SIP::Leg->new(addr => '127.0.0.1', port => $port);
my $dispatcher = Net::SIP::Dispatcher->new([$leg], $loop, do_retransmits => 0);
my $registrar = Net::SIP::Registrar->new(dispatcher => $dispatcher, min_expires => 10, domain => '127.0.0.1');
my $proxy = Net::SIP::StatelessProxy->new(dispatcher => $dispatcher, registrar => $registrar);
$dispatcher->set_receiver(Net::SIP::ReceiveChain->new([$registrar, $proxy]));
$loop->loop;
