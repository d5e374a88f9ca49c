<?xml version="1.0" encoding="UTF-8" ?>
<settings version="1.0" xmlns="http://www.counterpath.com/cps">
  <domain name="proxies">
    <section name="proxy0">
      <setting name="domain" value="voice.example.net:5080"/>
      <setting name="enabled" value="1"/>
      <setting name="password" value="0f1e2d" encrypted="true"/>
      <setting name="proxy" value="edge.example.net:5070"/>
    </section>
    <section name="proxy1">
      <setting name="domain" value=""/>
      <setting name="enabled" value="0"/>
    </section>
  </domain>
</settings>
