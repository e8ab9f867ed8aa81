<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>Actions</name>
    <message>
        <source>Open settings of a picture…</source>
        <translation>Einstellungen eines Bildes öffnen…</translation>
    </message>
    <message>
        <source>Save picture as…</source>
        <translation>Bild speichern unter…</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>Im Ordner zeigen</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>Copy picture</source>
        <translation>Bild kopieren</translation>
    </message>
    <message>
        <source>Copy settings</source>
        <translation>Einstellungen kopieren</translation>
    </message>
    <message>
        <source>Use these settings</source>
        <translation>Diese Einstellungen verwenden</translation>
    </message>
    <message>
        <source>Star</source>
        <translation>Stern</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>Vergleichen</translation>
    </message>
    <message>
        <source>Compare by a wipe</source>
        <translation>Mit Wischlinie vergleichen</translation>
    </message>
    <message>
        <source>All pictures</source>
        <translation>Alle Bilder</translation>
    </message>
    <message>
        <source>Fit</source>
        <translation>Einpassen</translation>
    </message>
    <message>
        <source>100 %</source>
        <translation>100 %</translation>
    </message>
    <message>
        <source>200 %</source>
        <translation>200 %</translation>
    </message>
    <message>
        <source>Previous picture</source>
        <translation>Voriges Bild</translation>
    </message>
    <message>
        <source>Next picture</source>
        <translation>Nächstes Bild</translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation>Vollbild</translation>
    </message>
    <message>
        <source>Hide panels</source>
        <translation>Bedienfelder ausblenden</translation>
    </message>
    <message>
        <source>Go to next panel</source>
        <translation>Zum nächsten Bedienfeld</translation>
    </message>
    <message>
        <source>Image workspace</source>
        <translation>Arbeitsbereich Bild</translation>
    </message>
    <message>
        <source>Control workspace</source>
        <translation>Arbeitsbereich Steuerung</translation>
    </message>
    <message>
        <source>Video workspace</source>
        <translation>Arbeitsbereich Video</translation>
    </message>
    <message>
        <source>Review workspace</source>
        <translation>Arbeitsbereich Sichtung</translation>
    </message>
    <message>
        <source>Reset workspace</source>
        <translation>Arbeitsbereich zurücksetzen</translation>
    </message>
    <message>
        <source>Image</source>
        <translation>Bild</translation>
    </message>
    <message>
        <source>Control</source>
        <translation>Steuerung</translation>
    </message>
    <message>
        <source>Video</source>
        <translation>Video</translation>
    </message>
    <message>
        <source>Review</source>
        <translation>Sichtung</translation>
    </message>
    <message>
        <source>Generate</source>
        <translation>Erzeugen</translation>
    </message>
    <message>
        <source>Auto</source>
        <translation>Auto</translation>
    </message>
    <message>
        <source>Make the picture again while you paint and change settings</source>
        <translation>Das Bild neu erzeugen, während du malst und Einstellungen änderst</translation>
    </message>
    <message>
        <source>Keep the live picture</source>
        <translation>Live-Bild behalten</translation>
    </message>
    <message>
        <source>Roll a new seed</source>
        <translation>Neuen Seed würfeln</translation>
    </message>
    <message>
        <source>Lock seed</source>
        <translation>Seed festhalten</translation>
    </message>
    <message>
        <source>Go to prompt</source>
        <translation>Zum Prompt</translation>
    </message>
    <message>
        <source>Command palette</source>
        <translation>Befehlspalette</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>About Onetake</source>
        <translation>Über Onetake</translation>
    </message>
    <message>
        <source>New project</source>
        <translation>Neues Projekt</translation>
    </message>
    <message>
        <source>Open project…</source>
        <translation>Projekt öffnen…</translation>
    </message>
    <message>
        <source>Winter mountains, pictures</source>
        <translation>Winterberge, Bilder</translation>
    </message>
    <message>
        <source>River day, a take of 10 seconds</source>
        <translation>Ein Tag am Fluss, Take von 10 Sekunden</translation>
    </message>
    <message>
        <source>Save project</source>
        <translation>Projekt speichern</translation>
    </message>
    <message>
        <source>Save project as…</source>
        <translation>Projekt speichern unter…</translation>
    </message>
    <message>
        <source>Close project</source>
        <translation>Projekt schließen</translation>
    </message>
    <message>
        <source>Start with the last project</source>
        <translation>Mit dem letzten Projekt starten</translation>
    </message>
    <message>
        <source>Pause the queue</source>
        <translation>Warteschlange anhalten</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Erneut versuchen</translation>
    </message>
    <message>
        <source>Clear ended jobs</source>
        <translation>Beendete Aufträge ausräumen</translation>
    </message>
    <message>
        <source>Cancel all jobs</source>
        <translation>Alle Aufträge abbrechen</translation>
    </message>
    <message>
        <source>Edit waiting job</source>
        <translation>Wartenden Auftrag bearbeiten</translation>
    </message>
    <message>
        <source>Move waiting job up</source>
        <translation>Wartenden Auftrag nach oben</translation>
    </message>
    <message>
        <source>Move waiting job down</source>
        <translation>Wartenden Auftrag nach unten</translation>
    </message>
    <message>
        <source>Notify when long jobs end</source>
        <translation>Ende langer Aufträge melden</translation>
    </message>
    <message>
        <source>Reach the engine again</source>
        <translation>Engine neu verbinden</translation>
    </message>
    <message>
        <source>Raise weight of words</source>
        <translation>Gewicht der Wörter erhöhen</translation>
    </message>
    <message>
        <source>Lower weight of words</source>
        <translation>Gewicht der Wörter senken</translation>
    </message>
    <message>
        <source>Raise weight by half a step</source>
        <translation>Gewicht um halben Schritt erhöhen</translation>
    </message>
    <message>
        <source>Lower weight by half a step</source>
        <translation>Gewicht um halben Schritt senken</translation>
    </message>
    <message>
        <source>Make a grid…</source>
        <translation>Raster erzeugen…</translation>
    </message>
    <message>
        <source>Search in the gallery</source>
        <translation>In der Galerie suchen</translation>
    </message>
    <message>
        <source>Add to timeline</source>
        <translation>Zur Zeitleiste hinzufügen</translation>
    </message>
    <message>
        <source>Move to trash</source>
        <translation>In den Papierkorb legen</translation>
    </message>
    <message>
        <source>Save grid as…</source>
        <translation>Raster speichern unter…</translation>
    </message>
    <message>
        <source>Use as control</source>
        <translation>Als Steuerung verwenden</translation>
    </message>
    <message>
        <source>Add control picture…</source>
        <translation>Steuerbild hinzufügen…</translation>
    </message>
    <message>
        <source>Show control map</source>
        <translation>Map der Steuerung zeigen</translation>
    </message>
    <message>
        <source>Paint and place map of control…</source>
        <translation>Map der Steuerung malen und platzieren…</translation>
    </message>
    <message>
        <source>Move control up</source>
        <translation>Steuerung nach oben</translation>
    </message>
    <message>
        <source>Move control down</source>
        <translation>Steuerung nach unten</translation>
    </message>
    <message>
        <source>Switch control on or off</source>
        <translation>Steuerung ein- oder ausschalten</translation>
    </message>
    <message>
        <source>Remove control</source>
        <translation>Steuerung entfernen</translation>
    </message>
    <message>
        <source>Edit picture</source>
        <translation>Bild bearbeiten</translation>
    </message>
    <message>
        <source>Edit picture file…</source>
        <translation>Bilddatei bearbeiten…</translation>
    </message>
    <message>
        <source>Paint region of control…</source>
        <translation>Bereich der Steuerung malen…</translation>
    </message>
    <message>
        <source>Before and after</source>
        <translation>Vorher und nachher</translation>
    </message>
    <message>
        <source>Smaller brush</source>
        <translation>Kleinerer Pinsel</translation>
    </message>
    <message>
        <source>Larger brush</source>
        <translation>Größerer Pinsel</translation>
    </message>
    <message>
        <source>Paint or erase</source>
        <translation>Malen oder radieren</translation>
    </message>
    <message>
        <source>Soft brush</source>
        <translation>Weicher Pinsel</translation>
    </message>
    <message>
        <source>Show mask</source>
        <translation>Maske zeigen</translation>
    </message>
    <message>
        <source>Invert mask</source>
        <translation>Maske umkehren</translation>
    </message>
    <message>
        <source>Clear mask</source>
        <translation>Maske leeren</translation>
    </message>
    <message>
        <source>Make videos</source>
        <translation>Videos erzeugen</translation>
    </message>
    <message>
        <source>Open timeline…</source>
        <translation>Zeitleiste öffnen…</translation>
    </message>
    <message>
        <source>Save timeline as…</source>
        <translation>Zeitleiste speichern unter…</translation>
    </message>
    <message>
        <source>Export take as…</source>
        <translation>Take exportieren…</translation>
    </message>
    <message>
        <source>Re-roll selection</source>
        <translation>Auswahl neu würfeln</translation>
    </message>
    <message>
        <source>Branch at playhead</source>
        <translation>Am Abspielkopf abzweigen</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>Abspielen</translation>
    </message>
    <message>
        <source>Play backwards, faster</source>
        <translation>Rückwärts abspielen, schneller</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Play, faster</source>
        <translation>Abspielen, schneller</translation>
    </message>
    <message>
        <source>Loop</source>
        <translation>Schleife</translation>
    </message>
    <message>
        <source>In point</source>
        <translation>In-Punkt</translation>
    </message>
    <message>
        <source>Out point</source>
        <translation>Out-Punkt</translation>
    </message>
    <message>
        <source>Add segment</source>
        <translation>Segment hinzufügen</translation>
    </message>
    <message>
        <source>Split at playhead</source>
        <translation>Am Abspielkopf teilen</translation>
    </message>
    <message>
        <source>Transition</source>
        <translation>Übergang</translation>
    </message>
    <message>
        <source>Cut</source>
        <translation>Schnitt</translation>
    </message>
    <message>
        <source>Delete segments</source>
        <translation>Segmente löschen</translation>
    </message>
    <message>
        <source>Select shot</source>
        <translation>Einstellung auswählen</translation>
    </message>
    <message>
        <source>Zoom in on time</source>
        <translation>Zeit vergrößern</translation>
    </message>
    <message>
        <source>Zoom out of time</source>
        <translation>Zeit verkleinern</translation>
    </message>
    <message>
        <source>Fit timeline</source>
        <translation>Zeitleiste einpassen</translation>
    </message>
    <message>
        <source>Timeline as table</source>
        <translation>Zeitleiste als Tabelle</translation>
    </message>
</context>
<context>
    <name>Application</name>
    <message>
        <source>Try: {prompt}</source>
        <translation>Probier: {prompt}</translation>
    </message>
</context>
<context>
    <name>Branching</name>
    <message>
        <source>Move the playhead to where it goes on otherwise, change the plan behind it, then branch.</source>
        <translation>Setz den Abspielkopf dorthin, wo es anders weitergeht, ändere dahinter den Plan und zweig dann ab.</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>There is no take on the canvas; choose one from the gallery.</source>
        <translation>Auf der Leinwand ist kein Take; wähle einen in der Galerie.</translation>
    </message>
    <message>
        <source>A branch keeps the finished frames before the playhead; move it to where the take is to go on otherwise.</source>
        <translation>Beim Abzweigen bleiben die fertigen Frames vor dem Abspielkopf; setz ihn dorthin, wo der Take anders weitergehen soll.</translation>
    </message>
    <message>
        <source>A branch keeps the finished frames before the playhead; not all of them are finished yet.</source>
        <translation>Beim Abzweigen bleiben die fertigen Frames vor dem Abspielkopf; noch sind nicht alle davon fertig.</translation>
    </message>
    <message>
        <source>The take is {size} by {model}, the settings are {other_size} by {other_model}; use the take&apos;s settings (Edit menu) first.</source>
        <translation>Der Take hat {size} mit {model}, die Einstellungen haben {other_size} mit {other_model}; verwende zuerst die Einstellungen des Takes (Menü Bearbeiten).</translation>
    </message>
    <message>
        <source>The timeline ends at frame {frame}, before the playhead; make it longer.</source>
        <translation>Die Zeitleiste endet bei Frame {frame}, vor dem Abspielkopf; mach sie länger.</translation>
    </message>
    <message>
        <source>Before the playhead the timeline is not the take&apos;s; use the take&apos;s settings (Edit menu), and change what is behind the playhead.</source>
        <translation>Vor dem Abspielkopf ist die Zeitleiste nicht die des Takes; verwende die Einstellungen des Takes (Menü Bearbeiten) und ändere, was hinter dem Abspielkopf liegt.</translation>
    </message>
</context>
<context>
    <name>CandidateGrid</name>
    <message>
        <source>Results</source>
        <translation>Ergebnisse</translation>
    </message>
</context>
<context>
    <name>CandidateModel</name>
    <message>
        <source>Control map: {name}</source>
        <translation>Map der Steuerung: {name}</translation>
    </message>
    <message>
        <source>Picture {number} of {count}, seed {seed}</source>
        <translation>Bild {number} von {count}, Seed {seed}</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>wartet</translation>
    </message>
</context>
<context>
    <name>ClipControls</name>
    <message>
        <source>“{name}” cannot be read; choose a picture, a movie or a folder of pictures.</source>
        <translation>„{name}“ ist nicht lesbar; wähle ein Bild, einen Film oder einen Ordner mit Bildern.</translation>
    </message>
    <message>
        <source>add control</source>
        <translation>Steuerung hinzufügen</translation>
    </message>
    <message>
        <source>The picture cannot be kept: {why}.</source>
        <translation>Das Bild kann nicht behalten werden: {why}.</translation>
    </message>
</context>
<context>
    <name>ClipFields</name>
    <message>
        <source>First frame of the control clip</source>
        <translation>Erster Frame des Steuer-Clips</translation>
    </message>
    <message>
        <source>Frames of the control clip</source>
        <translation>Frames des Steuer-Clips</translation>
    </message>
    <message>
        <source>Weight of the control clip</source>
        <translation>Gewicht des Steuer-Clips</translation>
    </message>
    <message>
        <source>From frame</source>
        <translation>Ab Frame</translation>
    </message>
    <message>
        <source>Frames</source>
        <translation>Frames</translation>
    </message>
    <message>
        <source>Weight</source>
        <translation>Gewicht</translation>
    </message>
    <message>
        <source>{n} control clips</source>
        <translation>{n} Steuer-Clips</translation>
    </message>
</context>
<context>
    <name>ClipTable</name>
    <message>
        <source>From frame</source>
        <translation>Ab Frame</translation>
    </message>
    <message>
        <source>Frames</source>
        <translation>Frames</translation>
    </message>
    <message>
        <source>Weight</source>
        <translation>Gewicht</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>Art</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Acts</source>
        <translation>Wirkt</translation>
    </message>
</context>
<context>
    <name>CommandPalette</name>
    <message>
        <source>Command</source>
        <translation>Befehl</translation>
    </message>
    <message>
        <source>Type a few letters of what you want to do</source>
        <translation>Tippe ein paar Buchstaben dessen, was du tun willst</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>Befehle</translation>
    </message>
    <message>
        <source>No command fits; try fewer letters.</source>
        <translation>Kein Befehl passt; versuch es mit weniger Buchstaben.</translation>
    </message>
</context>
<context>
    <name>Compare</name>
    <message>
        <source>{prompt}, seed {seed}</source>
        <translation>{prompt}, Seed {seed}</translation>
    </message>
</context>
<context>
    <name>Comparing</name>
    <message>
        <source>There is nothing to compare it with; choose another picture or take in the gallery.</source>
        <translation>Es gibt nichts zum Vergleichen; wähle in der Galerie ein anderes Bild oder einen anderen Take.</translation>
    </message>
</context>
<context>
    <name>ControlDetails</name>
    <message>
        <source>everywhere</source>
        <translation>überall</translation>
    </message>
    <message>
        <source>The picture is a map already</source>
        <translation>Das Bild ist schon eine Map</translation>
    </message>
    <message>
        <source>from the catalogue</source>
        <translation>aus dem Katalog</translation>
    </message>
    <message>
        <source>to</source>
        <translation>bis</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>Bild</translation>
    </message>
    <message>
        <source>Frame</source>
        <translation>Frame</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>Schritte</translation>
    </message>
    <message>
        <source>Mode</source>
        <translation>Modus</translation>
    </message>
    <message>
        <source>Resize</source>
        <translation>Anpassen</translation>
    </message>
    <message>
        <source>Region</source>
        <translation>Bereich</translation>
    </message>
    <message>
        <source>Adapter</source>
        <translation>Adapter</translation>
    </message>
    <message>
        <source>by itself</source>
        <translation>automatisch</translation>
    </message>
    <message>
        <source> %</source>
        <translation> %</translation>
    </message>
    <message>
        <source>{layer}: choose its picture</source>
        <translation>{layer}: Bild wählen</translation>
    </message>
    <message>
        <source>{layer}: choose its region</source>
        <translation>{layer}: Bereich wählen</translation>
    </message>
    <message>
        <source>{layer}: let it act everywhere</source>
        <translation>{layer}: überall wirken lassen</translation>
    </message>
    <message>
        <source>{layer}: choose the folder of an adapter</source>
        <translation>{layer}: Ordner eines Adapters wählen</translation>
    </message>
    <message>
        <source>{layer}: adapter from the catalogue</source>
        <translation>{layer}: Adapter aus dem Katalog</translation>
    </message>
    <message>
        <source>Choose a picture that is white where the layer acts</source>
        <translation>Bild wählen, das weiß ist, wo die Ebene wirkt</translation>
    </message>
    <message>
        <source>{layer}: frame of its animation</source>
        <translation>{layer}: Frame der Animation</translation>
    </message>
    <message>
        <source>{layer}: acts from</source>
        <translation>{layer}: wirkt ab</translation>
    </message>
    <message>
        <source>{layer}: acts to</source>
        <translation>{layer}: wirkt bis</translation>
    </message>
    <message>
        <source>{layer}: mode</source>
        <translation>{layer}: Modus</translation>
    </message>
    <message>
        <source>{layer}: modes</source>
        <translation>{layer}: Modi</translation>
    </message>
    <message>
        <source>{layer}: resize</source>
        <translation>{layer}: Anpassen</translation>
    </message>
    <message>
        <source>{layer}: ways to resize</source>
        <translation>{layer}: Arten der Anpassung</translation>
    </message>
    <message>
        <source>{layer}: the picture is a map already</source>
        <translation>{layer}: das Bild ist schon eine Map</translation>
    </message>
    <message>
        <source>Which frame of an animation, from 0; by itself, a take&apos;s frames have one each</source>
        <translation>Welcher Frame einer Animation, ab 0; automatisch erhält jeder Frame eines Takes seinen eigenen</translation>
    </message>
    <message>
        <source>Share of the steps before it acts</source>
        <translation>Anteil der Schritte, bevor sie wirkt</translation>
    </message>
    <message>
        <source>Share of the steps after which it no longer acts</source>
        <translation>Anteil der Schritte, nach dem sie nicht mehr wirkt</translation>
    </message>
</context>
<context>
    <name>ControlPanel</name>
    <message>
        <source>Add a picture…</source>
        <translation>Bild hinzufügen…</translation>
    </message>
    <message>
        <source>remove control</source>
        <translation>Steuerung entfernen</translation>
    </message>
    <message>
        <source>move control</source>
        <translation>Steuerung verschieben</translation>
    </message>
    <message>
        <source>change control</source>
        <translation>Steuerung ändern</translation>
    </message>
    <message>
        <source>Drop a picture here, and what is made follows its edges, its depth or a pose.</source>
        <translation>Zieh ein Bild hierher: Was entsteht, folgt seinen Kanten, seiner Tiefe oder einer Pose.</translation>
    </message>
</context>
<context>
    <name>ControlRow</name>
    <message>
        <source>Choose another model, or give the layer the folder of an adapter made for it</source>
        <translation>Wähle ein anderes Modell oder gib der Ebene den Ordner eines passenden Adapters</translation>
    </message>
    <message>
        <source>It is a map already</source>
        <translation>Es ist schon eine Map</translation>
    </message>
    <message>
        <source>Show its map</source>
        <translation>Ihre Map zeigen</translation>
    </message>
    <message>
        <source>It has a picture for each frame</source>
        <translation>Sie hat ein Bild für jeden Frame</translation>
    </message>
    <message>
        <source>Paint in its map, or move, scale and turn it</source>
        <translation>In der Map malen oder sie verschieben, skalieren und drehen</translation>
    </message>
    <message>
        <source>Paint where it acts</source>
        <translation>Malen, wo sie wirkt</translation>
    </message>
    <message>
        <source>Layer {number}</source>
        <translation>Ebene {number}</translation>
    </message>
    <message>
        <source>Fewer settings</source>
        <translation>Weniger Einstellungen</translation>
    </message>
    <message>
        <source>More settings</source>
        <translation>Mehr Einstellungen</translation>
    </message>
    <message>
        <source>{layer}: on</source>
        <translation>{layer}: ein</translation>
    </message>
    <message>
        <source>{layer}: its picture</source>
        <translation>{layer}: Bild</translation>
    </message>
    <message>
        <source>{layer}: kind</source>
        <translation>{layer}: Art</translation>
    </message>
    <message>
        <source>{layer}: kinds</source>
        <translation>{layer}: Arten</translation>
    </message>
    <message>
        <source>{layer}: more settings</source>
        <translation>{layer}: mehr Einstellungen</translation>
    </message>
    <message>
        <source>{layer}: remove</source>
        <translation>{layer}: entfernen</translation>
    </message>
    <message>
        <source>{layer}: show its map</source>
        <translation>{layer}: Map zeigen</translation>
    </message>
    <message>
        <source>{layer}: paint and place its map</source>
        <translation>{layer}: Map malen und platzieren</translation>
    </message>
    <message>
        <source>{layer}: paint its region</source>
        <translation>{layer}: Bereich malen</translation>
    </message>
    <message>
        <source>Switch this layer off</source>
        <translation>Ebene ausschalten</translation>
    </message>
    <message>
        <source>Switch this layer on</source>
        <translation>Ebene einschalten</translation>
    </message>
    <message>
        <source>Remove this layer</source>
        <translation>Ebene entfernen</translation>
    </message>
</context>
<context>
    <name>Controls</name>
    <message>
        <source>settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>From the next start of the window on: {language}.</source>
        <translation>Ab dem nächsten Start des Fensters: {language}.</translation>
    </message>
    <message>
        <source>About Onetake</source>
        <translation>Über Onetake</translation>
    </message>
    <message>
        <source>Onetake: a desktop studio for generative images and long video. Licence: Apache-2.0.</source>
        <translation>Onetake: ein Desktop-Studio für generative Bilder und lange Videos. Lizenz: Apache-2.0.</translation>
    </message>
</context>
<context>
    <name>DevicesField</name>
    <message>
        <source>Devices</source>
        <translation>Geräte</translation>
    </message>
    <message>
        <source>Which devices make this take together</source>
        <translation>Welche Geräte diesen Take gemeinsam erzeugen</translation>
    </message>
    <message>
        <source>All devices</source>
        <translation>Alle Geräte</translation>
    </message>
    <message>
        <source>{name}  ·  processor, in {count} parts</source>
        <translation>{name}  ·  Prozessor, in {count} Teilen</translation>
    </message>
    <message>
        <source>choose devices</source>
        <translation>Geräte wählen</translation>
    </message>
</context>
<context>
    <name>EditBar</name>
    <message>
        <source>Back</source>
        <translation>Zurück</translation>
    </message>
    <message>
        <source>Leave</source>
        <translation>Verlassen</translation>
    </message>
    <message>
        <source>Show the picture again, to paint on</source>
        <translation>Das Bild wieder zeigen, um weiterzumalen</translation>
    </message>
    <message>
        <source>Make pictures from words again; the mask is kept  (Esc)</source>
        <translation>Wieder Bilder aus Worten erzeugen; die Maske bleibt erhalten  (Esc)</translation>
    </message>
    <message>
        <source>Change all</source>
        <translation>Alles ändern</translation>
    </message>
    <message>
        <source>Fill mask</source>
        <translation>Maske füllen</translation>
    </message>
    <message>
        <source>Extend</source>
        <translation>Erweitern</translation>
    </message>
    <message>
        <source>Retell</source>
        <translation>Neu erzählen</translation>
    </message>
    <message>
        <source>choose what to edit</source>
        <translation>Bearbeitungsart wählen</translation>
    </message>
    <message>
        <source>Make the whole picture anew, as far from it as the strength says</source>
        <translation>Das ganze Bild neu erzeugen, so weit davon entfernt, wie die Stärke sagt</translation>
    </message>
    <message>
        <source>Make anew what is painted over, and keep the rest</source>
        <translation>Übermaltes neu erzeugen und den Rest behalten</translation>
    </message>
    <message>
        <source>Make more picture around the picture</source>
        <translation>Mehr Bild um das Bild herum erzeugen</translation>
    </message>
    <message>
        <source>Tell the whole picture in other words, and keep what both tellings share</source>
        <translation>Das ganze Bild in anderen Worten erzählen und behalten, was beide gemeinsam haben</translation>
    </message>
    <message>
        <source>{model} cannot do this; choose another model</source>
        <translation>{model} kann das nicht; wähle ein anderes Modell</translation>
    </message>
    <message>
        <source>Editing {name}</source>
        <translation>{name} wird bearbeitet</translation>
    </message>
    <message>
        <source>The size of the result; the model works at {size}</source>
        <translation>Größe des Ergebnisses; das Modell arbeitet mit {size}</translation>
    </message>
</context>
<context>
    <name>EditDesk</name>
    <message>
        <source>edit picture</source>
        <translation>Bild bearbeiten</translation>
    </message>
    <message>
        <source>leave editing</source>
        <translation>Bearbeiten verlassen</translation>
    </message>
    <message>
        <source>drag frame</source>
        <translation>Rahmen ziehen</translation>
    </message>
    <message>
        <source>paint</source>
        <translation>Malen</translation>
    </message>
    <message>
        <source>Reading {name}…</source>
        <translation>{name} wird gelesen…</translation>
    </message>
    <message>
        <source>Editing {name}</source>
        <translation>{name} wird bearbeitet</translation>
    </message>
    <message>
        <source>“Change all” makes the whole picture anew and takes no mask</source>
        <translation>„Alles ändern“ erzeugt das ganze Bild neu und braucht keine Maske</translation>
    </message>
    <message>
        <source>The mask cannot be saved: {why}; free some room, it is tried again with the next stroke.</source>
        <translation>Die Maske kann nicht gespeichert werden: {why}; schaff etwas Platz, beim nächsten Strich wird es wieder versucht.</translation>
    </message>
</context>
<context>
    <name>EditFields</name>
    <message>
        <source>What the picture shows now</source>
        <translation>Was das Bild jetzt zeigt</translation>
    </message>
    <message>
        <source>Colours around it</source>
        <translation>Farben der Umgebung</translation>
    </message>
    <message>
        <source>What is there</source>
        <translation>Was da ist</translation>
    </message>
    <message>
        <source>Noise</source>
        <translation>Rauschen</translation>
    </message>
    <message>
        <source>Nothing</source>
        <translation>Nichts</translation>
    </message>
    <message>
        <source>Whole picture</source>
        <translation>Ganzes Bild</translation>
    </message>
    <message>
        <source>Around the mask</source>
        <translation>Um die Maske</translation>
    </message>
    <message>
        <source>Left</source>
        <translation>Links</translation>
    </message>
    <message>
        <source>Top</source>
        <translation>Oben</translation>
    </message>
    <message>
        <source>Right</source>
        <translation>Rechts</translation>
    </message>
    <message>
        <source>Bottom</source>
        <translation>Unten</translation>
    </message>
    <message>
        <source>Pixels to add at this side; or drag the frame&apos;s edge</source>
        <translation>Pixel, die auf dieser Seite hinzukommen; oder den Rand des Rahmens ziehen</translation>
    </message>
    <message>
        <source>It shows</source>
        <translation>Es zeigt</translation>
    </message>
    <message>
        <source>What the picture shows; the prompt says what it is to show</source>
        <translation>Was das Bild zeigt; der Prompt sagt, was es zeigen soll</translation>
    </message>
    <message>
        <source>Strength</source>
        <translation>Stärke</translation>
    </message>
    <message>
        <source>How far from the picture the result may go; 1 is freely</source>
        <translation>Wie weit sich das Ergebnis vom Bild entfernen darf; 1 ist ganz frei</translation>
    </message>
    <message>
        <source>Start from</source>
        <translation>Beginnen mit</translation>
    </message>
    <message>
        <source>What the masked part holds at the start</source>
        <translation>Was der maskierte Teil am Anfang enthält</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>Kontext</translation>
    </message>
    <message>
        <source>What of the picture the model sees</source>
        <translation>Was das Modell vom Bild sieht</translation>
    </message>
    <message>
        <source>Padding</source>
        <translation>Umfeld</translation>
    </message>
    <message>
        <source>How much around the mask the model sees</source>
        <translation>Wie viel um die Maske herum das Modell sieht</translation>
    </message>
    <message>
        <source>Border</source>
        <translation>Rand</translation>
    </message>
    <message>
        <source>Width of the soft border around the mask</source>
        <translation>Breite des weichen Randes um die Maske</translation>
    </message>
    <message>
        <source>Brush</source>
        <translation>Pinsel</translation>
    </message>
    <message>
        <source>Diameter of the brush  ([ and ])</source>
        <translation>Durchmesser des Pinsels  ([ und ])</translation>
    </message>
    <message>
        <source>edit settings</source>
        <translation>Einstellungen der Bearbeitung</translation>
    </message>
</context>
<context>
    <name>EditPage</name>
    <message>
        <source>Choose a picture…</source>
        <translation>Bild wählen…</translation>
    </message>
    <message>
        <source>Paint  (X)</source>
        <translation>Malen  (X)</translation>
    </message>
    <message>
        <source>Erase  (X)</source>
        <translation>Radieren  (X)</translation>
    </message>
</context>
<context>
    <name>EditWing</name>
    <message>
        <source>Edit picture file</source>
        <translation>Bilddatei bearbeiten</translation>
    </message>
    <message>
        <source>Pictures (*.png *.jpg *.jpeg *.webp *.gif *.bmp *.tif *.tiff *.avif)</source>
        <translation>Bilder (*.png *.jpg *.jpeg *.webp *.gif *.bmp *.tif *.tiff *.avif)</translation>
    </message>
</context>
<context>
    <name>Exchange</name>
    <message>
        <source>“{name}” is neither a picture nor a timeline (.json or .otio).</source>
        <translation>„{name}“ ist weder ein Bild noch eine Zeitleiste (.json oder .otio).</translation>
    </message>
    <message>
        <source>“{name}”, the first of {n} files</source>
        <translation>„{name}“, die erste von {n} Dateien</translation>
    </message>
    <message>
        <source>The timeline cannot be saved: {why}</source>
        <translation>Die Zeitleiste kann nicht gespeichert werden: {why}</translation>
    </message>
    <message>
        <source>This take is a folder of pictures; “Show in folder” (File menu) leads to it.</source>
        <translation>Dieser Take ist ein Ordner mit Bildern; „Im Ordner zeigen“ (Menü Datei) führt dorthin.</translation>
    </message>
    <message>
        <source>Copied the picture.</source>
        <translation>Bild kopiert.</translation>
    </message>
    <message>
        <source>Copied the settings.</source>
        <translation>Einstellungen kopiert.</translation>
    </message>
    <message>
        <source>Copied: paste it behind “onetake image”, and its pictures follow this map.</source>
        <translation>Kopiert: Hinter „onetake image“ eingefügt, folgen die Bilder dieser Map.</translation>
    </message>
    <message>
        <source>the take on the canvas</source>
        <translation>Take auf der Leinwand</translation>
    </message>
    <message>
        <source>the picture on the canvas</source>
        <translation>Bild auf der Leinwand</translation>
    </message>
    <message>
        <source>Restored the settings of {source}: seed {seed}, {size}.</source>
        <translation>Einstellungen übernommen ({source}): Seed {seed}, {size}.</translation>
    </message>
    <message>
        <source>Restored the settings of {source} but its model, {model}, which is not here.</source>
        <translation>Einstellungen übernommen ({source}), nur nicht das Modell: {model} gibt es hier nicht.</translation>
    </message>
    <message>
        <source>Restored the settings of {source}.</source>
        <translation>Einstellungen übernommen ({source}).</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>{name}: {why}</source>
        <translation>{name}: {why}</translation>
    </message>
    <message>
        <source>{name} holds no settings that Onetake can read.</source>
        <translation>{name} enthält keine Einstellungen, die Onetake lesen kann.</translation>
    </message>
    <message>
        <source>Opened {name}: {count} segments, {frames}.</source>
        <translation>{name} geöffnet: {count} Segmente, {frames}.</translation>
    </message>
    <message>
        <source>Edit picture</source>
        <translation>Bild bearbeiten</translation>
    </message>
    <message>
        <source>“{name}” cannot be saved: {why}; choose another folder.</source>
        <translation>„{name}“ kann nicht gespeichert werden: {why}; wähle einen anderen Ordner.</translation>
    </message>
    <message>
        <source>Saved {file}</source>
        <translation>{file} gespeichert</translation>
    </message>
</context>
<context>
    <name>ExportChoice</name>
    <message>
        <source>name a file</source>
        <translation>nenne eine Datei</translation>
    </message>
    <message>
        <source>name a folder</source>
        <translation>nenne einen Ordner</translation>
    </message>
    <message>
        <source>{place} is no full path; choose a place</source>
        <translation>{place} ist kein vollständiger Pfad; wähle einen Ort</translation>
    </message>
    <message>
        <source>the folder {place} does not exist; choose another</source>
        <translation>den Ordner {place} gibt es nicht; wähle einen anderen</translation>
    </message>
    <message>
        <source>this place cannot be read ({error}); choose another</source>
        <translation>dieser Ort lässt sich nicht lesen ({error}); wähle einen anderen</translation>
    </message>
    <message>
        <source>this format ends in {suffix}; rename the file</source>
        <translation>dieses Format endet auf {suffix}; benenne die Datei um</translation>
    </message>
    <message>
        <source>{name} is a folder; name a file</source>
        <translation>{name} ist ein Ordner; nenne eine Datei</translation>
    </message>
    <message>
        <source>{name} is a file; name a folder</source>
        <translation>{name} ist eine Datei; nenne einen Ordner</translation>
    </message>
    <message>
        <source>the folder {name} is not empty; name a new one</source>
        <translation>der Ordner {name} ist nicht leer; nenne einen neuen</translation>
    </message>
</context>
<context>
    <name>ExportControls</name>
    <message>
        <source>Exported “{name}”.</source>
        <translation>„{name}“ exportiert.</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>Im Ordner zeigen</translation>
    </message>
</context>
<context>
    <name>ExportForm</name>
    <message>
        <source>First frame</source>
        <translation>Erster Frame</translation>
    </message>
    <message>
        <source>Last frame</source>
        <translation>Letzter Frame</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Wählen…</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>{name} has one quality</source>
        <translation>{name} hat nur eine Qualität</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Width…</source>
        <translation>Breite…</translation>
    </message>
    <message>
        <source>Width in pixels</source>
        <translation>Breite in Pixel</translation>
    </message>
    <message>
        <source> px</source>
        <translation> px</translation>
    </message>
    <message>
        <source>At another speed</source>
        <translation>Bei anderem Tempo</translation>
    </message>
    <message>
        <source>Same length: repeat or leave out frames</source>
        <translation>Gleiche Länge: Frames wiederholen oder auslassen</translation>
    </message>
    <message>
        <source>Every frame once: faster or slower</source>
        <translation>Jeder Frame einmal: schneller oder langsamer</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>Qualität</translation>
    </message>
    <message>
        <source>Small: to send</source>
        <translation>Klein: zum Verschicken</translation>
    </message>
    <message>
        <source>Balanced</source>
        <translation>Ausgewogen</translation>
    </message>
    <message>
        <source>Best: like the take</source>
        <translation>Beste: wie der Take</translation>
    </message>
    <message>
        <source>to</source>
        <translation>bis</translation>
    </message>
    <message>
        <source>Frames</source>
        <translation>Frames</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Tempo</translation>
    </message>
</context>
<context>
    <name>ExportPanel</name>
    <message>
        <source>Export take</source>
        <translation>Take exportieren</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Export “{prompt}”</source>
        <translation>„{prompt}“ exportieren</translation>
    </message>
    <message>
        <source>“{name}” is written.</source>
        <translation>„{name}“ ist geschrieben.</translation>
    </message>
    <message>
        <source>Leads editing programs to the newest movie of this take; shots without one are placeholders.</source>
        <translation>Führt Schnittprogramme zum neuesten Film dieses Takes; Einstellungen ohne Film sind Platzhalter.</translation>
    </message>
    <message>
        <source>Waiting for the disk of “{name}” to answer.</source>
        <translation>Warte auf Antwort des Datenträgers von „{name}“.</translation>
    </message>
    <message>
        <source>Some editing programs take no timeline below {least} fps, and this one has {rate}. First export the movie at 24 fps, with “Every frame once: faster or slower”; the timeline then leads to that one, at its rate.</source>
        <translation>Manche Schnittprogramme nehmen keine Zeitleiste unter {least} fps, und diese hat {rate}. Exportiere zuerst den Film mit 24 fps und „Jeder Frame einmal: schneller oder langsamer“; die Zeitleiste führt dann zu diesem, mit seinem Tempo.</translation>
    </message>
    <message>
        <source>about {size}</source>
        <translation>etwa {size}</translation>
    </message>
    <message>
        <source>replaces the file that is there</source>
        <translation>ersetzt die vorhandene Datei</translation>
    </message>
    <message>
        <source>{count} of these are not made yet, the first is {frame}; wait, or move the points</source>
        <translation>{count} davon sind noch nicht erzeugt, der erste ist {frame}; warte oder verschieb die Punkte</translation>
    </message>
    <message>
        <source>A new folder (*)</source>
        <translation>Ein neuer Ordner (*)</translation>
    </message>
    <message>
        <source>Export as</source>
        <translation>Exportieren als</translation>
    </message>
    <message>
        <source>“{name}” is in the queue, which shows how far it is.</source>
        <translation>„{name}“ ist in der Warteschlange; dort steht, wie weit es ist.</translation>
    </message>
</context>
<context>
    <name>FileDialogs</name>
    <message>
        <source>Open settings of a picture</source>
        <translation>Einstellungen eines Bildes öffnen</translation>
    </message>
    <message>
        <source>Pictures (*.png *.jpg *.jpeg *.webp)</source>
        <translation>Bilder (*.png *.jpg *.jpeg *.webp)</translation>
    </message>
    <message>
        <source>Open timeline</source>
        <translation>Zeitleiste öffnen</translation>
    </message>
    <message>
        <source>Timelines (*.json *.otio)</source>
        <translation>Zeitleisten (*.json *.otio)</translation>
    </message>
    <message>
        <source>Save timeline as</source>
        <translation>Zeitleiste speichern unter</translation>
    </message>
    <message>
        <source>Onetake timeline (*.json);;OpenTimelineIO (*.otio)</source>
        <translation>Onetake-Zeitleiste (*.json);;OpenTimelineIO (*.otio)</translation>
    </message>
    <message>
        <source>Save as</source>
        <translation>Speichern unter</translation>
    </message>
    <message>
        <source>{kind} (*{suffix})</source>
        <translation>{kind} (*{suffix})</translation>
    </message>
</context>
<context>
    <name>FootStrip</name>
    <message>
        <source>{number} of {count}</source>
        <translation>{number} von {count}</translation>
    </message>
</context>
<context>
    <name>FormatList</name>
    <message>
        <source>Format</source>
        <translation>Format</translation>
    </message>
    <message>
        <source>Not on this machine</source>
        <translation>Nicht auf diesem Rechner</translation>
    </message>
</context>
<context>
    <name>GalleryBar</name>
    <message>
        <source>Search in prompts</source>
        <translation>In Prompts suchen</translation>
    </message>
    <message>
        <source>Filter the gallery</source>
        <translation>Galerie filtern</translation>
    </message>
    <message>
        <source>Show only some kinds, models or days</source>
        <translation>Nur bestimmte Arten, Modelle oder Tage zeigen</translation>
    </message>
    <message>
        <source>All kinds</source>
        <translation>Alle Arten</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>Bilder</translation>
    </message>
    <message>
        <source>Edited pictures</source>
        <translation>Bearbeitete Bilder</translation>
    </message>
    <message>
        <source>Takes</source>
        <translation>Takes</translation>
    </message>
    <message>
        <source>Control maps</source>
        <translation>Maps der Steuerung</translation>
    </message>
    <message>
        <source>Any time</source>
        <translation>Jederzeit</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>Heute</translation>
    </message>
    <message>
        <source>Last 7 days</source>
        <translation>Letzte 7 Tage</translation>
    </message>
    <message>
        <source>Last 30 days</source>
        <translation>Letzte 30 Tage</translation>
    </message>
    <message>
        <source>All models</source>
        <translation>Alle Modelle</translation>
    </message>
    <message>
        <source>Only with a star</source>
        <translation>Nur mit Stern</translation>
    </message>
    <message>
        <source>Show everything</source>
        <translation>Alles zeigen</translation>
    </message>
    <message>
        <source>Filter ({n})</source>
        <translation>Filter ({n})</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>Filter</translation>
    </message>
</context>
<context>
    <name>GalleryControls</name>
    <message>
        <source>“{path}” cannot be moved to the trash: there is none on its disk, or it may not be moved.</source>
        <translation>„{path}“ kann nicht in den Papierkorb: Auf diesem Datenträger gibt es keinen, oder die Datei darf nicht verschoben werden.</translation>
    </message>
    <message numerus="yes">
        <source>Moved %n file(s) to the trash.</source>
        <translation>
            <numerusform>%n Datei in den Papierkorb gelegt.</numerusform>
            <numerusform>%n Dateien in den Papierkorb gelegt.</numerusform>
        </translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>The desktop does not say where the files lie; bring them back from its trash.</source>
        <translation>Der Desktop sagt nicht, wo die Dateien liegen; hol sie aus seinem Papierkorb zurück.</translation>
    </message>
</context>
<context>
    <name>GalleryModel</name>
    <message>
        <source>{prompt}, take of {length}, seed {seed}</source>
        <translation>{prompt}, Take von {length}, Seed {seed}</translation>
    </message>
    <message>
        <source>Control map: {name}</source>
        <translation>Map der Steuerung: {name}</translation>
    </message>
    <message>
        <source>{prompt}, seed {seed}</source>
        <translation>{prompt}, Seed {seed}</translation>
    </message>
    <message>
        <source>map</source>
        <translation>Map</translation>
    </message>
</context>
<context>
    <name>GalleryPanel</name>
    <message>
        <source>Gallery</source>
        <translation>Galerie</translation>
    </message>
    <message>
        <source>No result fits.</source>
        <translation>Kein Ergebnis passt.</translation>
    </message>
    <message>
        <source>Show everything</source>
        <translation>Alles zeigen</translation>
    </message>
    <message>
        <source>Finished pictures gather here.</source>
        <translation>Fertige Bilder sammeln sich hier.</translation>
    </message>
    <message>
        <source>Open a picture…</source>
        <translation>Bild öffnen…</translation>
    </message>
    <message>
        <source>Take over the settings of a picture that Onetake made</source>
        <translation>Einstellungen eines Bildes übernehmen, das Onetake erzeugt hat</translation>
    </message>
</context>
<context>
    <name>Grid</name>
    <message>
        <source>At {where}: {why}</source>
        <translation>Bei {where}: {why}</translation>
    </message>
    <message>
        <source>{parameter} has more than {most} values; ask for fewer.</source>
        <translation>{parameter} hat mehr als {most} Werte; verlange weniger.</translation>
    </message>
    <message>
        <source>{parameter} has no values; write some, like {example}.</source>
        <translation>{parameter} hat keine Werte; schreib welche, zum Beispiel {example}.</translation>
    </message>
    <message>
        <source>Write the words to replace and others for them, like {example}.</source>
        <translation>Schreib die Wörter, die ersetzt werden, und andere dafür, zum Beispiel {example}.</translation>
    </message>
    <message>
        <source>“{written}” is no size; write it like 256x256.</source>
        <translation>„{written}“ ist keine Größe; schreib sie wie 256x256.</translation>
    </message>
    <message>
        <source>{parameter}: “{written}” does not stand for 1 to {most} values.</source>
        <translation>{parameter}: „{written}“ steht nicht für 1 bis {most} Werte.</translation>
    </message>
    <message>
        <source>{parameter}: “{written}” never gets to its end; turn the step round.</source>
        <translation>{parameter}: „{written}“ kommt nie ans Ende; dreh die Schrittweite um.</translation>
    </message>
    <message>
        <source>{parameter}: “{written}” is no whole number; write values like {example}.</source>
        <translation>{parameter}: „{written}“ ist keine ganze Zahl; schreib Werte wie {example}.</translation>
    </message>
    <message>
        <source>{parameter}: “{written}” is no number; write values like {example}.</source>
        <translation>{parameter}: „{written}“ ist keine Zahl; schreib Werte wie {example}.</translation>
    </message>
    <message>
        <source>Both directions vary {parameter}; choose two different settings.</source>
        <translation>Beide Richtungen ändern {parameter}; wähle zwei verschiedene Einstellungen.</translation>
    </message>
    <message>
        <source>That would be {count} pictures; a grid has at most {most}.</source>
        <translation>Das wären {count} Bilder; ein Raster hat höchstens {most}.</translation>
    </message>
    <message>
        <source>The strength is of edits; edit a picture, or vary something else.</source>
        <translation>Die Stärke gehört zum Bearbeiten; bearbeite ein Bild, oder ändere etwas anderes.</translation>
    </message>
    <message>
        <source>The prompt does not say “{written}”; the first value is what is replaced.</source>
        <translation>Im Prompt steht „{written}“ nicht; ersetzt wird der erste Wert.</translation>
    </message>
    <message>
        <source>There is no control; add one, or vary something else.</source>
        <translation>Es gibt keine Steuerung; füge eine hinzu, oder ändere etwas anderes.</translation>
    </message>
    <message>
        <source>There is no control {number}; there are {count}.</source>
        <translation>Es gibt keine Steuerung {number}; es sind {count}.</translation>
    </message>
    <message>
        <source>There is no model “{written}”; use one of these: {known}.</source>
        <translation>Es gibt kein Modell „{written}“; nimm eines von diesen: {known}.</translation>
    </message>
</context>
<context>
    <name>GridControls</name>
    <message>
        <source>Words of the prompt</source>
        <translation>Wörter des Prompts</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Seed</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>Schritte</translation>
    </message>
    <message>
        <source>Guidance</source>
        <translation>Führung</translation>
    </message>
    <message>
        <source>Negative prompt</source>
        <translation>Negativer Prompt</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Strength of the edit</source>
        <translation>Stärke der Bearbeitung</translation>
    </message>
    <message>
        <source>Control weight</source>
        <translation>Gewicht der Steuerung</translation>
    </message>
    <message>
        <source>Control start</source>
        <translation>Beginn der Steuerung</translation>
    </message>
    <message>
        <source>Control end</source>
        <translation>Ende der Steuerung</translation>
    </message>
    <message>
        <source>Save grid as</source>
        <translation>Raster speichern unter</translation>
    </message>
    <message>
        <source>PNG (*.png)</source>
        <translation>PNG (*.png)</translation>
    </message>
    <message>
        <source>no picture</source>
        <translation>kein Bild</translation>
    </message>
    <message>
        <source>Saved {file}</source>
        <translation>{file} gespeichert</translation>
    </message>
    <message>
        <source>“{name}” cannot be saved: {why}; choose another folder.</source>
        <translation>„{name}“ kann nicht gespeichert werden: {why}; wähle einen anderen Ordner.</translation>
    </message>
</context>
<context>
    <name>GridDialog</name>
    <message>
        <source>Make a grid</source>
        <translation>Raster erzeugen</translation>
    </message>
    <message>
        <source>Across</source>
        <translation>Waagerecht</translation>
    </message>
    <message>
        <source>Down</source>
        <translation>Senkrecht</translation>
    </message>
    <message>
        <source>{side}: setting</source>
        <translation>{side}: Einstellung</translation>
    </message>
    <message>
        <source>{side}: values</source>
        <translation>{side}: Werte</translation>
    </message>
    <message>
        <source>Make grid</source>
        <translation>Raster erzeugen</translation>
    </message>
    <message>
        <source>Nothing</source>
        <translation>Nichts</translation>
    </message>
    <message>
        <source>First the words to replace, then others for them</source>
        <translation>Erst alte Wörter, dann neue</translation>
    </message>
    <message>
        <source>For example {values}</source>
        <translation>Zum Beispiel {values}</translation>
    </message>
    <message numerus="yes">
        <source>{size}: %n pictures</source>
        <translation>
            <numerusform>{size}: %n Bild</numerusform>
            <numerusform>{size}: %n Bilder</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>HeadStrip</name>
    <message>
        <source>Before this edit</source>
        <translation>Vor dieser Bearbeitung</translation>
    </message>
    <message>
        <source>seed {seed}</source>
        <translation>Seed {seed}</translation>
    </message>
    <message>
        <source>edit of {name}</source>
        <translation>Bearbeitung von {name}</translation>
    </message>
    <message>
        <source>control map</source>
        <translation>Map der Steuerung</translation>
    </message>
    <message>
        <source>{seconds} s</source>
        <translation>{seconds} s</translation>
    </message>
</context>
<context>
    <name>JobModel</name>
    <message>
        <source>waiting</source>
        <translation>wartet</translation>
    </message>
    <message>
        <source>running</source>
        <translation>läuft</translation>
    </message>
    <message>
        <source>done</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>fehlgeschlagen</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>abgebrochen</translation>
    </message>
</context>
<context>
    <name>JobRowDelegate</name>
    <message>
        <source>starting</source>
        <translation>startet</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>noch {time}</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>wartet</translation>
    </message>
    <message>
        <source>grid, {done} of {count} pictures</source>
        <translation>Raster, {done} von {count} Bildern</translation>
    </message>
    <message>
        <source>waiting for the engine</source>
        <translation>wartet auf die Engine</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>abgebrochen</translation>
    </message>
    <message>
        <source>re-roll</source>
        <translation>neu gewürfelt</translation>
    </message>
    <message>
        <source>export as {codec}</source>
        <translation>Export als {codec}</translation>
    </message>
    <message>
        <source>control map</source>
        <translation>Map der Steuerung</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Erneut versuchen</translation>
    </message>
</context>
<context>
    <name>KeysTable</name>
    <message>
        <source>Command</source>
        <translation>Befehl</translation>
    </message>
    <message>
        <source>Menu</source>
        <translation>Menü</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>You chose this key</source>
        <translation>Diese Taste hast du gewählt</translation>
    </message>
</context>
<context>
    <name>LayerControls</name>
    <message>
        <source>“{name}” is no picture that a control can be read from; use PNG, JPEG, WebP or the like.</source>
        <translation>„{name}“ ist kein Bild, aus dem eine Steuerung gelesen werden kann; nimm PNG, JPEG, WebP oder Ähnliches.</translation>
    </message>
    <message>
        <source>add control</source>
        <translation>Steuerung hinzufügen</translation>
    </message>
    <message>
        <source>Only the first {most} of these {n} files are layers now; a whole folder is one layer.</source>
        <translation>Nur die ersten {most} dieser {n} Dateien sind jetzt Ebenen; ein ganzer Ordner ist eine Ebene.</translation>
    </message>
    <message>
        <source>Add control pictures</source>
        <translation>Steuerbilder hinzufügen</translation>
    </message>
    <message>
        <source>What was dropped is only an address; save the picture, and drop its file.</source>
        <translation>Das war nur eine Adresse; speichere das Bild und zieh seine Datei hierher.</translation>
    </message>
    <message>
        <source>The picture cannot be kept: {why}.</source>
        <translation>Das Bild kann nicht behalten werden: {why}.</translation>
    </message>
    <message>
        <source>There is no finished picture on the canvas; choose one from the gallery.</source>
        <translation>Auf der Leinwand ist kein fertiges Bild; wähle eines aus der Galerie.</translation>
    </message>
    <message>
        <source>switch control</source>
        <translation>Steuerung umschalten</translation>
    </message>
    <message>
        <source>Choose the picture of the layer</source>
        <translation>Bild der Ebene wählen</translation>
    </message>
    <message>
        <source>choose picture</source>
        <translation>Bild wählen</translation>
    </message>
    <message>
        <source>Choose a picture that is white where the layer acts</source>
        <translation>Bild wählen, das weiß ist, wo die Ebene wirkt</translation>
    </message>
    <message>
        <source>choose region</source>
        <translation>Bereich wählen</translation>
    </message>
    <message>
        <source>Choose the folder of a ControlNet or T2I-Adapter</source>
        <translation>Ordner eines ControlNet oder T2I-Adapters wählen</translation>
    </message>
    <message>
        <source>choose adapter</source>
        <translation>Adapter wählen</translation>
    </message>
    <message>
        <source>Pictures ({patterns})</source>
        <translation>Bilder ({patterns})</translation>
    </message>
</context>
<context>
    <name>LayerThumb</name>
    <message>
        <source>Press to choose another picture, drag to reorder (Alt+Up, Alt+Down)</source>
        <translation>Drücken, um ein anderes Bild zu wählen; ziehen, um die Reihenfolge zu ändern (Alt+Auf, Alt+Ab)</translation>
    </message>
</context>
<context>
    <name>LengthField</name>
    <message>
        <source>Length in frames</source>
        <translation>Länge in Frames</translation>
    </message>
    <message>
        <source>frames, {length}</source>
        <translation>Frames, {length}</translation>
    </message>
    <message>
        <source>Of the current segment</source>
        <translation>Des aktuellen Segments</translation>
    </message>
    <message>
        <source>Of the whole take</source>
        <translation>Des ganzen Takes</translation>
    </message>
    <message>
        <source>change length</source>
        <translation>Länge ändern</translation>
    </message>
</context>
<context>
    <name>Live</name>
    <message>
        <source>Waits for the queue</source>
        <translation>Wartet auf die Warteschlange</translation>
    </message>
</context>
<context>
    <name>LivePane</name>
    <message>
        <source>Auto</source>
        <translation>Auto</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <source>End</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>Put this picture into the gallery, as it is</source>
        <translation>Dieses Bild in die Galerie übernehmen, wie es ist</translation>
    </message>
    <message>
        <source>Make pictures only when asked to</source>
        <translation>Bilder nur auf Wunsch erzeugen</translation>
    </message>
    <message>
        <source>Live picture: {prompt}</source>
        <translation>Live-Bild: {prompt}</translation>
    </message>
    <message>
        <source>{seconds} s</source>
        <translation>{seconds} s</translation>
    </message>
</context>
<context>
    <name>LiveWing</name>
    <message>
        <source>The engine is not reachable; Auto needs it.</source>
        <translation>Die Engine ist nicht erreichbar; Auto braucht sie.</translation>
    </message>
    <message>
        <source>Kept in the gallery.</source>
        <translation>In der Galerie behalten.</translation>
    </message>
    <message>
        <source>The picture is not kept: {why}</source>
        <translation>Das Bild wurde nicht behalten: {why}</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Prompt</source>
        <translation>Prompt</translation>
    </message>
    <message>
        <source>Queue</source>
        <translation>Warteschlange</translation>
    </message>
    <message>
        <source>Timeline</source>
        <translation>Zeitleiste</translation>
    </message>
    <message>
        <source>Control</source>
        <translation>Steuerung</translation>
    </message>
    <message>
        <source>Gallery</source>
        <translation>Galerie</translation>
    </message>
</context>
<context>
    <name>MapDesk</name>
    <message>
        <source>“{name}” has a map for each frame; add one of its pictures to paint in the map of that.</source>
        <translation>„{name}“ hat eine Map für jeden Frame; füge eines der Bilder hinzu, um in dessen Map zu malen.</translation>
    </message>
    <message>
        <source>Making the map of {name}…</source>
        <translation>Map von {name} wird erzeugt…</translation>
    </message>
    <message>
        <source>reset map</source>
        <translation>Map zurücksetzen</translation>
    </message>
    <message>
        <source>reset place</source>
        <translation>Lage zurücksetzen</translation>
    </message>
    <message>
        <source>place map</source>
        <translation>Map platzieren</translation>
    </message>
    <message>
        <source>paint</source>
        <translation>Malen</translation>
    </message>
    <message>
        <source>Map of layer {number}: {kind}, {name}</source>
        <translation>Map der Ebene {number}: {kind}, {name}</translation>
    </message>
    <message>
        <source>Making the map…</source>
        <translation>Map wird erzeugt…</translation>
    </message>
    <message>
        <source>Painted: detector settings wait for a reset</source>
        <translation>Bemalt: Einstellungen der Erkennung gelten erst nach dem Zurücksetzen</translation>
    </message>
    <message>
        <source>The map cannot be saved: {why}; free some room, it is tried again with the next stroke.</source>
        <translation>Die Map kann nicht gespeichert werden: {why}; schaff etwas Platz, beim nächsten Strich wird es wieder versucht.</translation>
    </message>
</context>
<context>
    <name>MapEditor</name>
    <message>
        <source>Soft brush</source>
        <translation>Weicher Pinsel</translation>
    </message>
    <message>
        <source>Show picture beneath</source>
        <translation>Bild darunter zeigen</translation>
    </message>
    <message>
        <source>Paint</source>
        <translation>Malen</translation>
    </message>
    <message>
        <source>Place</source>
        <translation>Platzieren</translation>
    </message>
    <message>
        <source>Paint and erase in the map  (V)</source>
        <translation>In der Map malen und radieren  (V)</translation>
    </message>
    <message>
        <source>Move, scale and turn the map: Shift keeps the ratio, or turns by 15°  (V)</source>
        <translation>Map verschieben, skalieren und drehen: Umschalt behält das Verhältnis oder dreht um 15°  (V)</translation>
    </message>
    <message>
        <source>Reset map</source>
        <translation>Map zurücksetzen</translation>
    </message>
    <message>
        <source>Reset place</source>
        <translation>Lage zurücksetzen</translation>
    </message>
    <message>
        <source>Take back all that was painted into the map</source>
        <translation>Alles zurücknehmen, was in die Map gemalt wurde</translation>
    </message>
    <message>
        <source>Put the map back where it came from</source>
        <translation>Map an ihren Ausgangsort zurücksetzen</translation>
    </message>
    <message>
        <source>Region…</source>
        <translation>Bereich…</translation>
    </message>
    <message>
        <source>Leave</source>
        <translation>Verlassen</translation>
    </message>
    <message>
        <source>Paint where the control acts</source>
        <translation>Malen, wo die Steuerung wirkt</translation>
    </message>
    <message>
        <source>Back to the pictures; the map is kept  (Esc)</source>
        <translation>Zurück zu den Bildern; die Map bleibt erhalten  (Esc)</translation>
    </message>
</context>
<context>
    <name>MapJobs</name>
    <message>
        <source>the map was cancelled; make it again</source>
        <translation>die Map wurde abgebrochen; erzeuge sie neu</translation>
    </message>
</context>
<context>
    <name>MapPage</name>
    <message>
        <source>Use as control</source>
        <translation>Als Steuerung verwenden</translation>
    </message>
    <message>
        <source>Let what is made follow this map</source>
        <translation>Was entsteht, dieser Map folgen lassen</translation>
    </message>
    <message>
        <source>Show its picture</source>
        <translation>Bild dazu zeigen</translation>
    </message>
    <message>
        <source>Show its picture in another program</source>
        <translation>Bild dazu in einem anderen Programm zeigen</translation>
    </message>
    <message>
        <source>Make it again</source>
        <translation>Neu erzeugen</translation>
    </message>
    <message>
        <source>Look at the picture anew, set as before</source>
        <translation>Das Bild neu auswerten, mit denselben Einstellungen</translation>
    </message>
    <message>
        <source>Copy as control</source>
        <translation>Als Steuerung kopieren</translation>
    </message>
    <message>
        <source>Copy the --control option that follows this map</source>
        <translation>Die Option --control kopieren, die dieser Map folgt</translation>
    </message>
    <message>
        <source>Control map: {name}</source>
        <translation>Map der Steuerung: {name}</translation>
    </message>
    <message>
        <source>resize: {mode}</source>
        <translation>Anpassen: {mode}</translation>
    </message>
</context>
<context>
    <name>MapViews</name>
    <message>
        <source>Picture</source>
        <translation>Bild</translation>
    </message>
    <message>
        <source>Map</source>
        <translation>Map</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>Ergebnis</translation>
    </message>
    <message>
        <source>Show: {name}</source>
        <translation>Zeigen: {name}</translation>
    </message>
    <message>
        <source>Nothing was made with this map yet</source>
        <translation>Mit dieser Map wurde noch nichts erzeugt</translation>
    </message>
    <message>
        <source>The file is gone</source>
        <translation>Die Datei ist weg</translation>
    </message>
</context>
<context>
    <name>MaskBoard</name>
    <message>
        <source>erase</source>
        <translation>Radieren</translation>
    </message>
    <message>
        <source>paint</source>
        <translation>Malen</translation>
    </message>
    <message>
        <source>clear mask</source>
        <translation>Maske leeren</translation>
    </message>
    <message>
        <source>mask everything</source>
        <translation>Alles maskieren</translation>
    </message>
    <message>
        <source>invert mask</source>
        <translation>Maske umkehren</translation>
    </message>
</context>
<context>
    <name>ModeSwitch</name>
    <message>
        <source>Picture</source>
        <translation>Bild</translation>
    </message>
    <message>
        <source>Video</source>
        <translation>Video</translation>
    </message>
    <message>
        <source>Generate makes pictures</source>
        <translation>Erzeugen macht Bilder</translation>
    </message>
    <message>
        <source>Generate makes a take</source>
        <translation>Erzeugen macht einen Take</translation>
    </message>
</context>
<context>
    <name>NoticeBar</name>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Close this notice</source>
        <translation>Meldung schließen</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
</context>
<context>
    <name>Notifications</name>
    <message>
        <source>Onetake: a job failed</source>
        <translation>Onetake: ein Auftrag ist fehlgeschlagen</translation>
    </message>
    <message>
        <source>Onetake: the take is finished</source>
        <translation>Onetake: der Take ist fertig</translation>
    </message>
    <message>
        <source>Onetake: the export is finished</source>
        <translation>Onetake: der Export ist fertig</translation>
    </message>
    <message>
        <source>Onetake: the pictures are finished</source>
        <translation>Onetake: die Bilder sind fertig</translation>
    </message>
    <message>
        <source>{prompt}
after {time}</source>
        <translation>{prompt}
nach {time}</translation>
    </message>
</context>
<context>
    <name>OutcomeCard</name>
    <message>
        <source>Details</source>
        <translation>Details</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Erneut versuchen</translation>
    </message>
    <message>
        <source>Show its frames</source>
        <translation>Seine Frames zeigen</translation>
    </message>
    <message>
        <source>What was finished of the take is there, and can be branched</source>
        <translation>Was vom Take fertig wurde, ist da und lässt sich abzweigen</translation>
    </message>
    <message>
        <source>Cancelled before it was finished.</source>
        <translation>Abgebrochen, bevor es fertig war.</translation>
    </message>
    <message>
        <source>Cancelled before its pictures were finished.</source>
        <translation>Abgebrochen, bevor die Bilder fertig waren.</translation>
    </message>
    <message>
        <source>Run again</source>
        <translation>Erneut ausführen</translation>
    </message>
    <message>
        <source>Kind: {kind}</source>
        <translation>Art: {kind}</translation>
    </message>
    <message>
        <source>Job: {job}, attempt {attempt}</source>
        <translation>Auftrag: {job}, Versuch {attempt}</translation>
    </message>
    <message>
        <source>Device: {devices}</source>
        <translation>Gerät: {devices}</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keines</translation>
    </message>
    <message>
        <source>Log: {file}</source>
        <translation>Protokoll: {file}</translation>
    </message>
</context>
<context>
    <name>PictureCellDelegate</name>
    <message>
        <source>file is gone</source>
        <translation>Datei ist weg</translation>
    </message>
</context>
<context>
    <name>PictureView</name>
    <message>
        <source>Picture</source>
        <translation>Bild</translation>
    </message>
</context>
<context>
    <name>PlaceFields</name>
    <message>
        <source>Its region goes along</source>
        <translation>Ihr Bereich geht mit</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>Zurücksetzen</translation>
    </message>
    <message>
        <source> %</source>
        <translation> %</translation>
    </message>
    <message>
        <source>Moved</source>
        <translation>Lage</translation>
    </message>
    <message>
        <source>Scaled</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Turned</source>
        <translation>Drehung</translation>
    </message>
    <message>
        <source>{layer}: map moved to the right</source>
        <translation>{layer}: Map nach rechts verschoben</translation>
    </message>
    <message>
        <source>{layer}: map moved down</source>
        <translation>{layer}: Map nach unten verschoben</translation>
    </message>
    <message>
        <source>{layer}: width of its map</source>
        <translation>{layer}: Breite der Map</translation>
    </message>
    <message>
        <source>{layer}: height of its map</source>
        <translation>{layer}: Höhe der Map</translation>
    </message>
    <message>
        <source>{layer}: map turned clockwise</source>
        <translation>{layer}: Map im Uhrzeigersinn gedreht</translation>
    </message>
    <message>
        <source>{layer}: reset the place of its map</source>
        <translation>{layer}: Lage der Map zurücksetzen</translation>
    </message>
    <message>
        <source>Put the map back where it came from</source>
        <translation>Map an ihren Ausgangsort zurücksetzen</translation>
    </message>
    <message>
        <source>{layer}: its region goes along with the map</source>
        <translation>{layer}: der Bereich geht mit der Map mit</translation>
    </message>
</context>
<context>
    <name>PlayerPage</name>
    <message>
        <source>Frame {number} of {count}: {prompt}</source>
        <translation>Frame {number} von {count}: {prompt}</translation>
    </message>
    <message>
        <source>This frame was not finished</source>
        <translation>Dieser Frame wurde nicht fertig</translation>
    </message>
    <message>
        <source>Waiting for its turn</source>
        <translation>Wartet, bis es dran ist</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>Startet</translation>
    </message>
    <message>
        <source>Step {step} of {steps}</source>
        <translation>Schritt {step} von {steps}</translation>
    </message>
    <message>
        <source>Preview, step {step} of {steps}</source>
        <translation>Vorschau, Schritt {step} von {steps}</translation>
    </message>
</context>
<context>
    <name>Project</name>
    <message>
        <source>change control</source>
        <translation>Steuerung ändern</translation>
    </message>
    <message>
        <source>typing</source>
        <translation>Tippen</translation>
    </message>
    <message>
        <source>restore settings</source>
        <translation>Einstellungen übernehmen</translation>
    </message>
    <message>
        <source>open timeline</source>
        <translation>Zeitleiste öffnen</translation>
    </message>
    <message>
        <source>choose model</source>
        <translation>Modell wählen</translation>
    </message>
</context>
<context>
    <name>ProjectControls</name>
    <message>
        <source>Untitled</source>
        <translation>Unbenannt</translation>
    </message>
    <message>
        <source>“{name}” is being saved; its disk has not answered yet.</source>
        <translation>„{name}“ wird gespeichert; der Datenträger hat noch nicht geantwortet.</translation>
    </message>
    <message>
        <source>{name} (read-only)</source>
        <translation>{name} (schreibgeschützt)</translation>
    </message>
</context>
<context>
    <name>ProjectDialogs</name>
    <message>
        <source>Open project: choose a folder that ends in {suffix}</source>
        <translation>Projekt öffnen: Ordner wählen, der auf {suffix} endet</translation>
    </message>
    <message>
        <source>Onetake project (*{suffix})</source>
        <translation>Onetake-Projekt (*{suffix})</translation>
    </message>
    <message>
        <source>Save project as</source>
        <translation>Projekt speichern unter</translation>
    </message>
    <message>
        <source>Where is {name} now?</source>
        <translation>Wo ist {name} jetzt?</translation>
    </message>
    <message>
        <source>Onetake</source>
        <translation>Onetake</translation>
    </message>
    <message>
        <source>Save the changes to “{name}”?</source>
        <translation>Änderungen an „{name}“ speichern?</translation>
    </message>
    <message>
        <source>What is not saved is lost.</source>
        <translation>Was nicht gespeichert wird, geht verloren.</translation>
    </message>
    <message>
        <source>Don&apos;t save</source>
        <translation>Nicht speichern</translation>
    </message>
</context>
<context>
    <name>ProjectLine</name>
    <message>
        <source>Close this line</source>
        <translation>Zeile schließen</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
</context>
<context>
    <name>ProjectNotices</name>
    <message>
        <source>“{name}” has unsaved changes of {when}, from a window that did not close properly.</source>
        <translation>„{name}“ hat ungespeicherte Änderungen vom {when}, aus einem Fenster, das nicht richtig geschlossen wurde.</translation>
    </message>
    <message>
        <source>Recover</source>
        <translation>Wiederherstellen</translation>
    </message>
    <message>
        <source>Parts of your last work cannot be read. All of it is kept in {file}.</source>
        <translation>Teile deiner letzten Arbeit sind nicht lesbar. Alles davon liegt in {file}.</translation>
    </message>
    <message>
        <source>{file} is missing; everything else is here.</source>
        <translation>{file} fehlt; alles andere ist da.</translation>
    </message>
    <message numerus="yes">
        <source>%n files are missing, the first is {file}.</source>
        <translation>
            <numerusform>%n Datei fehlt: {file}.</numerusform>
            <numerusform>%n Dateien fehlen, die erste ist {file}.</numerusform>
        </translation>
    </message>
    <message>
        <source>Relink…</source>
        <translation>Neu verknüpfen…</translation>
    </message>
    <message>
        <source>“{name}” comes from a newer version of Onetake. Update to change it in place.</source>
        <translation>„{name}“ stammt aus einer neueren Version von Onetake. Aktualisiere, um es an Ort und Stelle zu ändern.</translation>
    </message>
    <message>
        <source>Parts of “{name}” cannot be read: {parts}. They stay in its folder.</source>
        <translation>Teile von „{name}“ sind nicht lesbar: {parts}. Sie bleiben in seinem Ordner.</translation>
    </message>
    <message>
        <source>“{name}” is open in another window. Changes here need another name.</source>
        <translation>„{name}“ ist in einem anderen Fenster offen. Änderungen hier brauchen einen anderen Namen.</translation>
    </message>
    <message>
        <source>The folder of “{name}” cannot be written. Changes need another place.</source>
        <translation>Der Ordner von „{name}“ ist nicht beschreibbar. Änderungen brauchen einen anderen Ort.</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>Speichern unter…</translation>
    </message>
    <message>
        <source>{file} differs from what was saved with “{name}”; another program may have changed it.</source>
        <translation>{file} weicht von dem ab, was mit „{name}“ gespeichert wurde; vielleicht hat ein anderes Programm es geändert.</translation>
    </message>
    <message>
        <source>Use its timeline</source>
        <translation>Diese Zeitleiste verwenden</translation>
    </message>
    <message>
        <source>{file} of “{name}” is missing. The timeline is here all the same; saving writes the file.</source>
        <translation>{file} von „{name}“ fehlt. Die Zeitleiste ist trotzdem da; Speichern schreibt die Datei.</translation>
    </message>
</context>
<context>
    <name>ProjectSession</name>
    <message>
        <source>new project</source>
        <translation>Neues Projekt</translation>
    </message>
    <message>
        <source>open example</source>
        <translation>Beispiel öffnen</translation>
    </message>
    <message>
        <source>recover</source>
        <translation>Wiederherstellen</translation>
    </message>
    <message>
        <source>relink</source>
        <translation>Neu verknüpfen</translation>
    </message>
    <message>
        <source>open timeline</source>
        <translation>Zeitleiste öffnen</translation>
    </message>
</context>
<context>
    <name>PromptEdit</name>
    <message>
        <source>{model} does not know “{word}” and will ignore it.</source>
        <translation>{model} kennt „{word}“ nicht und übergeht es.</translation>
    </message>
</context>
<context>
    <name>PromptHelp</name>
    <message>
        <source>No styles yet: write words, and save them here</source>
        <translation>Noch keine Stile: schreib Wörter und speichere sie hier</translation>
    </message>
    <message>
        <source>Save prompt as a style…</source>
        <translation>Prompt als Stil speichern…</translation>
    </message>
    <message>
        <source>Remove a style</source>
        <translation>Stil entfernen</translation>
    </message>
    <message>
        <source>Wildcards</source>
        <translation>Platzhalter</translation>
    </message>
    <message>
        <source>Alternatives: {red|blue}</source>
        <translation>Alternativen: {red|blue}</translation>
    </message>
    <message>
        <source>Open the folder of wildcards</source>
        <translation>Ordner der Platzhalter öffnen</translation>
    </message>
    <message>
        <source>add style</source>
        <translation>Stil hinzufügen</translation>
    </message>
    <message>
        <source>Saved the style “{name}”.</source>
        <translation>Stil „{name}“ gespeichert.</translation>
    </message>
    <message>
        <source>Removed the style “{name}”.</source>
        <translation>Stil „{name}“ entfernt.</translation>
    </message>
    <message>
        <source>Save prompt as a style</source>
        <translation>Prompt als Stil speichern</translation>
    </message>
    <message>
        <source>Name of the style</source>
        <translation>Name des Stils</translation>
    </message>
</context>
<context>
    <name>PromptPanel</name>
    <message>
        <source>Prompt</source>
        <translation>Prompt</translation>
    </message>
    <message>
        <source>Generate</source>
        <translation>Erzeugen</translation>
    </message>
    <message>
        <source>Ctrl+Return</source>
        <translation>Strg+Eingabe</translation>
    </message>
    <message>
        <source>Leave as it is</source>
        <translation>So lassen</translation>
    </message>
    <message>
        <source>Styles</source>
        <translation>Stile</translation>
    </message>
    <message>
        <source>Styles and wildcards</source>
        <translation>Stile und Platzhalter</translation>
    </message>
    <message>
        <source>Words to add to the prompt</source>
        <translation>Wörter für den Prompt</translation>
    </message>
    <message>
        <source>Editing “{prompt}”</source>
        <translation>„{prompt}“ wird bearbeitet</translation>
    </message>
    <message>
        <source>Queue another</source>
        <translation>Noch einen anstellen</translation>
    </message>
    <message>
        <source>Change the job</source>
        <translation>Auftrag ändern</translation>
    </message>
    <message>
        <source>Describe a picture: what is in it, where, at what time of day</source>
        <translation>Beschreib ein Bild: was darauf ist, wo, zu welcher Tageszeit</translation>
    </message>
    <message>
        <source>Describe a video: what is in it, where, at what time of day</source>
        <translation>Beschreib ein Video: was darin ist, wo, zu welcher Tageszeit</translation>
    </message>
    <message>
        <source>Segment {number} of {count}, from {start} to {stop}</source>
        <translation>Segment {number} von {count}, {start} bis {stop}</translation>
    </message>
    <message>
        <source>{model} will ignore: {words}</source>
        <translation>{model} übergeht: {words}</translation>
    </message>
    <message>
        <source>{model} takes no weights; it reads the brackets as they are</source>
        <translation>{model} kennt keine Gewichte; Klammern liest es, wie sie sind</translation>
    </message>
</context>
<context>
    <name>QueuePanel</name>
    <message>
        <source>Clear ended jobs</source>
        <translation>Beendete Aufträge ausräumen</translation>
    </message>
    <message>
        <source>Clear failed and cancelled jobs from this list</source>
        <translation>Fehlgeschlagene und abgebrochene Aufträge aus der Liste räumen</translation>
    </message>
    <message>
        <source>Cancel all jobs</source>
        <translation>Alle Aufträge abbrechen</translation>
    </message>
    <message>
        <source>Cancel everything that runs or waits</source>
        <translation>Alles abbrechen, was läuft oder wartet</translation>
    </message>
    <message>
        <source>Nothing runs and nothing waits.</source>
        <translation>Nichts läuft, nichts wartet.</translation>
    </message>
    <message>
        <source>Generate</source>
        <translation>Erzeugen</translation>
    </message>
    <message>
        <source>Queue</source>
        <translation>Warteschlange</translation>
    </message>
    <message>
        <source>Resume the queue</source>
        <translation>Warteschlange fortsetzen</translation>
    </message>
    <message>
        <source>Pause the queue</source>
        <translation>Warteschlange anhalten</translation>
    </message>
    <message>
        <source>{name}; what runs goes on</source>
        <translation>{name}; was läuft, läuft weiter</translation>
    </message>
    <message>
        <source>{n} left</source>
        <translation>noch {n}</translation>
    </message>
    <message>
        <source>idle</source>
        <translation>ruht</translation>
    </message>
    <message>
        <source>paused, {left}</source>
        <translation>angehalten, {left}</translation>
    </message>
    <message>
        <source>Show older ({n})</source>
        <translation>Ältere zeigen ({n})</translation>
    </message>
</context>
<context>
    <name>RateField</name>
    <message>
        <source> fps</source>
        <translation> fps</translation>
    </message>
    <message>
        <source>Frames a second</source>
        <translation>Frames pro Sekunde</translation>
    </message>
</context>
<context>
    <name>RegionDialog</name>
    <message>
        <source>Paint region of control</source>
        <translation>Bereich der Steuerung malen</translation>
    </message>
    <message>
        <source>Soft brush</source>
        <translation>Weicher Pinsel</translation>
    </message>
    <message>
        <source>Show mask</source>
        <translation>Maske zeigen</translation>
    </message>
    <message>
        <source>Invert mask</source>
        <translation>Maske umkehren</translation>
    </message>
    <message>
        <source>Clear mask</source>
        <translation>Maske leeren</translation>
    </message>
    <message>
        <source>The picture of the control</source>
        <translation>Das Bild der Steuerung</translation>
    </message>
    <message>
        <source>Paint where the control acts; with nothing painted it acts everywhere.  [ and ] size, X erases</source>
        <translation>Malen, wo die Steuerung wirkt; ohne Bemalung wirkt sie überall.  [ und ] Größe, X radiert</translation>
    </message>
    <message>
        <source>Use region</source>
        <translation>Bereich verwenden</translation>
    </message>
    <message>
        <source>The region cannot be saved: {why}; free some room.</source>
        <translation>Der Bereich kann nicht gespeichert werden: {why}; schaff etwas Platz.</translation>
    </message>
</context>
<context>
    <name>RegionPainting</name>
    <message>
        <source>“{name}” has a picture for each frame; choose a movie or folder of masks for its region.</source>
        <translation>„{name}“ hat ein Bild für jeden Frame; wähle für den Bereich einen Film oder Ordner mit Masken.</translation>
    </message>
    <message>
        <source>paint region</source>
        <translation>Bereich malen</translation>
    </message>
</context>
<context>
    <name>SeedField</name>
    <message>
        <source>Seed</source>
        <translation>Seed</translation>
    </message>
    <message>
        <source>The same seed and settings make the same picture</source>
        <translation>Gleicher Seed und gleiche Einstellungen ergeben das gleiche Bild</translation>
    </message>
    <message>
        <source>Lock seed</source>
        <translation>Seed festhalten</translation>
    </message>
    <message>
        <source>Roll a new seed</source>
        <translation>Neuen Seed würfeln</translation>
    </message>
    <message>
        <source>Locked: Generate makes the same pictures again</source>
        <translation>Fest: Erzeugen macht dieselben Bilder noch einmal</translation>
    </message>
    <message>
        <source>Unlocked: every Generate draws a new seed</source>
        <translation>Frei: jedes Erzeugen zieht einen neuen Seed</translation>
    </message>
    <message>
        <source>Every Generate rolls a new seed; lock it to roll by hand</source>
        <translation>Jedes Erzeugen würfelt einen neuen Seed; halte ihn fest, um selbst zu würfeln</translation>
    </message>
</context>
<context>
    <name>SegmentFields</name>
    <message>
        <source>Seed of the segment</source>
        <translation>Seed des Segments</translation>
    </message>
    <message>
        <source>as the shot&apos;s</source>
        <translation>wie Einstellung</translation>
    </message>
    <message>
        <source>Noise of its own; empty for that of the shot</source>
        <translation>Eigenes Rauschen; leer für das der Einstellung</translation>
    </message>
    <message>
        <source>Roll a seed for the segment</source>
        <translation>Seed für das Segment würfeln</translation>
    </message>
    <message>
        <source>Roll a seed for each selected segment</source>
        <translation>Seed für jedes gewählte Segment würfeln</translation>
    </message>
    <message>
        <source>Strength of the transition</source>
        <translation>Stärke des Übergangs</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Seed</translation>
    </message>
    <message>
        <source>Transition strength</source>
        <translation>Übergangsstärke</translation>
    </message>
    <message>
        <source>Segment {number}</source>
        <translation>Segment {number}</translation>
    </message>
    <message>
        <source>{n} segments</source>
        <translation>{n} Segmente</translation>
    </message>
    <message>
        <source>1: prompt and noise travel evenly; 0: they change at once</source>
        <translation>1: Prompt und Rauschen wandern gleichmäßig; 0: sie wechseln auf einmal</translation>
    </message>
    <message>
        <source>This segment has no transition to weigh</source>
        <translation>Dieses Segment hat keinen Übergang</translation>
    </message>
    <message>
        <source>change seed</source>
        <translation>Seed ändern</translation>
    </message>
    <message>
        <source>change strength</source>
        <translation>Stärke ändern</translation>
    </message>
</context>
<context>
    <name>SegmentTable</name>
    <message>
        <source>Start</source>
        <translation>Beginn</translation>
    </message>
    <message>
        <source>Frames</source>
        <translation>Frames</translation>
    </message>
    <message>
        <source>Transition</source>
        <translation>Übergang</translation>
    </message>
    <message>
        <source>Strength</source>
        <translation>Stärke</translation>
    </message>
    <message>
        <source>Cut</source>
        <translation>Schnitt</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Seed</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>Prompt</translation>
    </message>
    <message>
        <source>cut</source>
        <translation>Schnitt</translation>
    </message>
    <message>
        <source>change length</source>
        <translation>Länge ändern</translation>
    </message>
    <message>
        <source>change transition</source>
        <translation>Übergang ändern</translation>
    </message>
    <message>
        <source>change strength</source>
        <translation>Stärke ändern</translation>
    </message>
    <message>
        <source>change seed</source>
        <translation>Seed ändern</translation>
    </message>
    <message>
        <source>typing</source>
        <translation>Tippen</translation>
    </message>
</context>
<context>
    <name>SettingsForm</name>
    <message>
        <source>Negative prompt</source>
        <translation>Negativer Prompt</translation>
    </message>
    <message>
        <source>Number of pictures</source>
        <translation>Anzahl der Bilder</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>Schritte</translation>
    </message>
    <message>
        <source>Guidance</source>
        <translation>Führung</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelle</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>Länge</translation>
    </message>
    <message>
        <source>Count</source>
        <translation>Anzahl</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Seed</translation>
    </message>
    <message>
        <source>Devices</source>
        <translation>Geräte</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Tempo</translation>
    </message>
    <message>
        <source>typing</source>
        <translation>Tippen</translation>
    </message>
    <message>
        <source>settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>The size follows the picture that is edited</source>
        <translation>Die Größe folgt dem bearbeiteten Bild</translation>
    </message>
    <message>
        <source>{model} takes no negative prompt</source>
        <translation>{model} kennt keinen negativen Prompt</translation>
    </message>
    <message>
        <source>{model} takes no guidance</source>
        <translation>{model} kennt keine Führung</translation>
    </message>
    <message>
        <source>What to keep out</source>
        <translation>Was draußen bleiben soll</translation>
    </message>
    <message>
        <source>How closely to follow the prompt</source>
        <translation>Wie eng dem Prompt gefolgt wird</translation>
    </message>
</context>
<context>
    <name>SheetModel</name>
    <message>
        <source>not there</source>
        <translation>nicht da</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>wartet</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>fehlgeschlagen</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>abgebrochen</translation>
    </message>
</context>
<context>
    <name>SheetPage</name>
    <message>
        <source>Grid</source>
        <translation>Raster</translation>
    </message>
    <message>
        <source>Grid of {axes}, {done} of {count} pictures</source>
        <translation>Raster über {axes}, {done} von {count} Bildern</translation>
    </message>
    <message>
        <source>Grid of {axes}</source>
        <translation>Raster über {axes}</translation>
    </message>
</context>
<context>
    <name>ShortcutEditor</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>Search commands and keys</source>
        <translation>Befehle und Tasten suchen</translation>
    </message>
    <message>
        <source>New key</source>
        <translation>Neue Taste</translation>
    </message>
    <message>
        <source>Set key</source>
        <translation>Taste setzen</translation>
    </message>
    <message>
        <source>Remove key</source>
        <translation>Taste entfernen</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>Zurücksetzen</translation>
    </message>
    <message>
        <source>Reset all</source>
        <translation>Alle zurücksetzen</translation>
    </message>
    <message>
        <source>Commands and their keys</source>
        <translation>Befehle und ihre Tasten</translation>
    </message>
    <message>
        <source>{key} now means “{name}”.</source>
        <translation>{key} bedeutet jetzt „{name}“.</translation>
    </message>
    <message>
        <source>“{name}” no longer has it.</source>
        <translation>„{name}“ hat sie nicht mehr.</translation>
    </message>
    <message>
        <source>“{name}” has no key now.</source>
        <translation>„{name}“ hat jetzt keine Taste.</translation>
    </message>
    <message>
        <source>“{name}” has its own key again.</source>
        <translation>„{name}“ hat wieder die eigene Taste.</translation>
    </message>
    <message>
        <source>Every command has its own key again.</source>
        <translation>Jeder Befehl hat wieder die eigene Taste.</translation>
    </message>
    <message>
        <source>Press a new key for “{name}”:</source>
        <translation>Neue Taste für „{name}“ drücken:</translation>
    </message>
    <message>
        <source>No command fits.</source>
        <translation>Kein Befehl passt.</translation>
    </message>
    <message>
        <source>Take over</source>
        <translation>Übernehmen</translation>
    </message>
    <message>
        <source>{key} belongs to “{name}”; taking it over leaves that without it.</source>
        <translation>{key} gehört zu „{name}“; nach dem Übernehmen fehlt sie dort.</translation>
    </message>
</context>
<context>
    <name>SizeField</name>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Sizes</source>
        <translation>Größen</translation>
    </message>
    <message>
        <source>Width in pixels</source>
        <translation>Breite in Pixel</translation>
    </message>
    <message>
        <source>Height in pixels</source>
        <translation>Höhe in Pixel</translation>
    </message>
    <message>
        <source>Swap width and height</source>
        <translation>Breite und Höhe tauschen</translation>
    </message>
    <message>
        <source>Square</source>
        <translation>Quadrat</translation>
    </message>
    <message>
        <source>Landscape</source>
        <translation>Querformat</translation>
    </message>
    <message>
        <source>Portrait</source>
        <translation>Hochformat</translation>
    </message>
    <message>
        <source>Wide</source>
        <translation>Breit</translation>
    </message>
    <message>
        <source>Tall</source>
        <translation>Schmal und hoch</translation>
    </message>
    <message>
        <source>Large square</source>
        <translation>Großes Quadrat</translation>
    </message>
    <message>
        <source>{model} draws this at {size} and enlarges it: larger, not finer.</source>
        <translation>{model} zeichnet das mit {size} und vergrößert es: größer, nicht feiner.</translation>
    </message>
    <message>
        <source>{model} draws best at {size}. At other sizes things blur and may come twice.</source>
        <translation>{model} zeichnet am besten mit {size}. In anderen Größen verschwimmen Dinge und kommen vielleicht doppelt.</translation>
    </message>
    <message>
        <source>Custom…</source>
        <translation>Eigene…</translation>
    </message>
    <message>
        <source>A multiple of {multiple}, at most {most}</source>
        <translation>Ein Vielfaches von {multiple}, höchstens {most}</translation>
    </message>
</context>
<context>
    <name>SpeedField</name>
    <message>
        <source>change speed</source>
        <translation>Tempo ändern</translation>
    </message>
</context>
<context>
    <name>Stage</name>
    <message>
        <source>Describe a picture or a video on the left, or start with an example.</source>
        <translation>Beschreib links ein Bild oder ein Video, oder beginn mit einem Beispiel.</translation>
    </message>
    <message>
        <source>Or make a take of 10 seconds</source>
        <translation>Oder einen Take von 10 Sekunden erzeugen</translation>
    </message>
    <message>
        <source>Remove star</source>
        <translation>Stern entfernen</translation>
    </message>
    <message>
        <source>Star</source>
        <translation>Stern</translation>
    </message>
</context>
<context>
    <name>StatusBar</name>
    <message>
        <source>Retry</source>
        <translation>Neu versuchen</translation>
    </message>
    <message>
        <source>Reach the engine again</source>
        <translation>Engine neu verbinden</translation>
    </message>
    <message>
        <source>engine starting</source>
        <translation>Engine startet</translation>
    </message>
    <message>
        <source>engine running</source>
        <translation>Engine läuft</translation>
    </message>
    <message>
        <source>engine not reachable</source>
        <translation>Engine nicht erreichbar</translation>
    </message>
    <message>
        <source>no device</source>
        <translation>kein Gerät</translation>
    </message>
    <message>
        <source>saved {time}</source>
        <translation>gespeichert {time}</translation>
    </message>
    <message>
        <source>Your prompt and settings are kept, also through a crash</source>
        <translation>Prompt und Einstellungen bleiben erhalten, auch nach einem Absturz</translation>
    </message>
    <message>
        <source>kept {time}</source>
        <translation>gesichert {time}</translation>
    </message>
    <message>
        <source>Not saved in the project yet, but kept through a crash</source>
        <translation>Noch nicht im Projekt gespeichert, aber vor Abstürzen sicher</translation>
    </message>
    <message>
        <source>“{name}” is saved</source>
        <translation>„{name}“ ist gespeichert</translation>
    </message>
    <message>
        <source>not saved</source>
        <translation>nicht gespeichert</translation>
    </message>
    <message>
        <source>  ·  {used} of {total} GB</source>
        <translation>  ·  {used} von {total} GB</translation>
    </message>
</context>
<context>
    <name>Studio</name>
    <message>
        <source>Changed the waiting job.</source>
        <translation>Wartenden Auftrag geändert.</translation>
    </message>
    <message>
        <source>Only a job that waits can be edited; “Use these settings” takes over those of others.</source>
        <translation>Nur ein wartender Auftrag kann bearbeitet werden; „Diese Einstellungen verwenden“ übernimmt die von anderen.</translation>
    </message>
    <message>
        <source>This job has parts that the settings do not show; cancel it and start it anew.</source>
        <translation>Dieser Auftrag enthält Teile, die die Einstellungen nicht zeigen; brich ihn ab und starte ihn neu.</translation>
    </message>
    <message>
        <source>Exporting to {file}</source>
        <translation>Export nach {file}</translation>
    </message>
    <message>
        <source>The engine is not reachable; the job is kept and waits until it is.</source>
        <translation>Die Engine ist nicht erreichbar; der Auftrag bleibt erhalten und wartet.</translation>
    </message>
    <message>
        <source>example</source>
        <translation>Beispiel</translation>
    </message>
    <message>
        <source>The engine has not taken this job yet; cancel it in a moment.</source>
        <translation>Die Engine hat diesen Auftrag noch nicht; brich ihn gleich ab.</translation>
    </message>
    <message>
        <source>Cancelled “{prompt}”.</source>
        <translation>„{prompt}“ abgebrochen.</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message numerus="yes">
        <source>Cancelled %n jobs.</source>
        <translation>
            <numerusform>%n Auftrag abgebrochen.</numerusform>
            <numerusform>%n Aufträge abgebrochen.</numerusform>
        </translation>
    </message>
    <message>
        <source>The job that you were editing no longer waits; Generate makes a new one.</source>
        <translation>Der bearbeitete Auftrag wartet nicht mehr; Erzeugen macht einen neuen.</translation>
    </message>
</context>
<context>
    <name>Swatches</name>
    <message>
        <source>Paint with {colour}</source>
        <translation>Mit {colour} malen</translation>
    </message>
    <message>
        <source>Paint with {colour}; Alt and a click pick a colour of the map</source>
        <translation>Mit {colour} malen; Alt und Klick nehmen eine Farbe der Map auf</translation>
    </message>
</context>
<context>
    <name>Timeline</name>
    <message>
        <source>The frames of the take appear here while they are made.</source>
        <translation>Die Frames des Takes erscheinen hier, während sie entstehen.</translation>
    </message>
    <message>
        <source>the model makes shots of {frames} f</source>
        <translation>das Modell macht Einstellungen von {frames} F</translation>
    </message>
    <message>
        <source>One prompt for the whole take: + adds segments.</source>
        <translation>Ein Prompt für den ganzen Take: + fügt Segmente hinzu.</translation>
    </message>
    <message>
        <source>no prompt yet</source>
        <translation>noch kein Prompt</translation>
    </message>
    <message>
        <source>{frames} f</source>
        <translation>{frames} F</translation>
    </message>
    <message>
        <source>seed {seed}</source>
        <translation>Seed {seed}</translation>
    </message>
    <message>
        <source>words ignored</source>
        <translation>Wörter übergangen</translation>
    </message>
    <message>
        <source>Switched off</source>
        <translation>Ausgeschaltet</translation>
    </message>
    <message>
        <source>Not used: it begins behind the end of the take</source>
        <translation>Unbenutzt: beginnt hinter dem Ende des Takes</translation>
    </message>
    <message>
        <source>Drop a picture or a movie here: these frames follow it.</source>
        <translation>Zieh ein Bild oder einen Film hierher: Diese Frames folgen ihm.</translation>
    </message>
    <message>
        <source>{kind}: {name}, frames {first} to {last}, weight {weight}</source>
        <translation>{kind}: {name}, Frames {first} bis {last}, Gewicht {weight}</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>Prompt</translation>
    </message>
    <message>
        <source>Control</source>
        <translation>Steuerung</translation>
    </message>
    <message>
        <source>Take</source>
        <translation>Take</translation>
    </message>
    <message>
        <source>Drag to change the length; what follows moves</source>
        <translation>Ziehen ändert die Länge; was folgt, rückt nach</translation>
    </message>
    <message>
        <source>Drag to move the border; the length of the take stays</source>
        <translation>Ziehen verschiebt die Grenze; die Länge des Takes bleibt</translation>
    </message>
    <message>
        <source>Comes over within {frames}; drag to change</source>
        <translation>Geht in {frames} über; ziehen zum Ändern</translation>
    </message>
    <message>
        <source>Frame {number}, {time}</source>
        <translation>Frame {number}, {time}</translation>
    </message>
    <message>
        <source>{count} segments, {frames}, {length}. Segment {number}: {prompt}</source>
        <translation>{count} Segmente, {frames}, {length}. Segment {number}: {prompt}</translation>
    </message>
</context>
<context>
    <name>TimelinePanel</name>
    <message>
        <source>One prompt fills the whole take. Add segments to let it travel from prompt to prompt.</source>
        <translation>Ein Prompt füllt den ganzen Take. Mit Segmenten wandert er von Prompt zu Prompt.</translation>
    </message>
    <message>
        <source>Add segments</source>
        <translation>Segmente hinzufügen</translation>
    </message>
    <message>
        <source>Segments</source>
        <translation>Segmente</translation>
    </message>
    <message>
        <source>Control clips</source>
        <translation>Steuer-Clips</translation>
    </message>
</context>
<context>
    <name>TimelineView</name>
    <message>
        <source>Timeline</source>
        <translation>Zeitleiste</translation>
    </message>
</context>
<context>
    <name>TokenHelp</name>
    <message>
        <source>{count} of {room} tokens</source>
        <translation>{count} von {room} Tokens</translation>
    </message>
    <message>
        <source>{model} will not read the last {n} tokens</source>
        <translation>{model} liest die letzten {n} Tokens nicht</translation>
    </message>
    <message>
        <source>{model} will not read: {words}</source>
        <translation>{model} liest nicht: {words}</translation>
    </message>
</context>
<context>
    <name>TransportStrip</name>
    <message>
        <source>{number} of {count}</source>
        <translation>{number} von {count}</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>Abspielen</translation>
    </message>
</context>
<context>
    <name>VideoControls</name>
    <message>
        <source>add segment</source>
        <translation>Segment hinzufügen</translation>
    </message>
    <message>
        <source>split</source>
        <translation>Teilen</translation>
    </message>
    <message>
        <source>transition</source>
        <translation>Übergang</translation>
    </message>
    <message>
        <source>cut</source>
        <translation>Schnitt</translation>
    </message>
    <message>
        <source>delete segments</source>
        <translation>Segmente löschen</translation>
    </message>
    <message>
        <source>There is no finished take on the canvas; wait for it, or choose one from the gallery.</source>
        <translation>Auf der Leinwand ist kein fertiger Take; warte darauf oder wähle einen in der Galerie.</translation>
    </message>
    <message>
        <source>The take is {size}, the settings are {other_size}; use the take&apos;s settings (Edit menu), or generate a new take.</source>
        <translation>Der Take hat {size}, die Einstellungen haben {other_size}; verwende die Einstellungen des Takes (Menü Bearbeiten) oder erzeuge einen neuen Take.</translation>
    </message>
    <message>
        <source>The take has {frames}, the timeline {other_frames}; use the take&apos;s settings (Edit menu), or generate a new take.</source>
        <translation>Der Take hat {frames}, die Zeitleiste {other_frames}; verwende die Einstellungen des Takes (Menü Bearbeiten) oder erzeuge einen neuen Take.</translation>
    </message>
</context>
<context>
    <name>WeightField</name>
    <message>
        <source>{layer}: weight</source>
        <translation>{layer}: Gewicht</translation>
    </message>
    <message>
        <source>{layer}: weight as a number</source>
        <translation>{layer}: Gewicht als Zahl</translation>
    </message>
</context>
<context>
    <name>_Counts</name>
    <message numerus="yes">
        <source>%n pictures</source>
        <translation>
            <numerusform>%n Bild</numerusform>
            <numerusform>%n Bilder</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n steps</source>
        <translation>
            <numerusform>%n Schritt</numerusform>
            <numerusform>%n Schritte</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n frames</source>
        <translation>
            <numerusform>%n Frame</numerusform>
            <numerusform>%n Frames</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>controls</name>
    <message>
        <source>Balanced</source>
        <translation>Ausgewogen</translation>
    </message>
    <message>
        <source>My prompt is more important</source>
        <translation>Mein Prompt ist wichtiger</translation>
    </message>
    <message>
        <source>Control is more important</source>
        <translation>Steuerung ist wichtiger</translation>
    </message>
    <message>
        <source>Just resize</source>
        <translation>Nur skalieren</translation>
    </message>
    <message>
        <source>Crop and resize</source>
        <translation>Zuschneiden und skalieren</translation>
    </message>
    <message>
        <source>Resize and fill</source>
        <translation>Skalieren und auffüllen</translation>
    </message>
    <message>
        <source>{reason}. Maps can still be made.</source>
        <translation>{reason}. Maps lassen sich trotzdem erzeugen.</translation>
    </message>
    <message>
        <source>{model} has no control adapters yet; maps can still be made.</source>
        <translation>{model} hat noch keine Steuer-Adapter; Maps lassen sich trotzdem erzeugen.</translation>
    </message>
    <message>
        <source>Not used: {model} takes no controls here</source>
        <translation>Unbenutzt: {model} kennt hier keine Steuerung</translation>
    </message>
    <message>
        <source>Not used: a movie or a folder controls takes, not pictures</source>
        <translation>Unbenutzt: Film oder Ordner steuern Takes, keine Bilder</translation>
    </message>
    <message>
        <source>Not used: {model} has no adapter for it</source>
        <translation>Unbenutzt: {model} hat keinen Adapter dafür</translation>
    </message>
    <message>
        <source>Not used: {model} has no adapter for it; it has {known}</source>
        <translation>Unbenutzt: {model} hat keinen Adapter dafür, nur für {known}</translation>
    </message>
</context>
<context>
    <name>detectors</name>
    <message>
        <source>Canny edges</source>
        <translation>Kanten (Canny)</translation>
    </message>
    <message>
        <source>Content shuffle</source>
        <translation>Inhalt mischen</translation>
    </message>
    <message>
        <source>Line art, standard</source>
        <translation>Linien, Standard</translation>
    </message>
    <message>
        <source>Soft edges (HED)</source>
        <translation>Weiche Kanten (HED)</translation>
    </message>
    <message>
        <source>Soft edges (PidiNet)</source>
        <translation>Weiche Kanten (PidiNet)</translation>
    </message>
    <message>
        <source>Straight lines (M-LSD)</source>
        <translation>Gerade Linien (M-LSD)</translation>
    </message>
    <message>
        <source>Line art, realistic</source>
        <translation>Linien, realistisch</translation>
    </message>
    <message>
        <source>Line art, anime</source>
        <translation>Linien, Anime</translation>
    </message>
    <message>
        <source>Edges (TEED)</source>
        <translation>Kanten (TEED)</translation>
    </message>
    <message>
        <source>Line art (Anyline)</source>
        <translation>Linien (Anyline)</translation>
    </message>
    <message>
        <source>Normals (BAE)</source>
        <translation>Normalen (BAE)</translation>
    </message>
    <message>
        <source>Depth (MiDaS)</source>
        <translation>Tiefe (MiDaS)</translation>
    </message>
    <message>
        <source>Depth (LeReS)</source>
        <translation>Tiefe (LeReS)</translation>
    </message>
    <message>
        <source>Depth (ZoeDepth)</source>
        <translation>Tiefe (ZoeDepth)</translation>
    </message>
    <message>
        <source>Depth (Depth Anything V2)</source>
        <translation>Tiefe (Depth Anything V2)</translation>
    </message>
    <message>
        <source>Depth (Papercut, built in)</source>
        <translation>Tiefe (Papercut, eingebaut)</translation>
    </message>
    <message>
        <source>Pose (OpenPose)</source>
        <translation>Pose (OpenPose)</translation>
    </message>
    <message>
        <source>Segments (Papercut, built in)</source>
        <translation>Segmente (Papercut, eingebaut)</translation>
    </message>
    <message>
        <source>Segments (SegFormer, ADE20K)</source>
        <translation>Segmente (SegFormer, ADE20K)</translation>
    </message>
    <message>
        <source>Segments (Segment Anything)</source>
        <translation>Segmente (Segment Anything)</translation>
    </message>
    <message>
        <source>Segments (MobileSAM)</source>
        <translation>Segmente (MobileSAM)</translation>
    </message>
    <message>
        <source>Low</source>
        <translation>Unten</translation>
    </message>
    <message>
        <source>High</source>
        <translation>Oben</translation>
    </message>
    <message>
        <source>Grain</source>
        <translation>Körnung</translation>
    </message>
    <message>
        <source>Sigma</source>
        <translation>Sigma</translation>
    </message>
    <message>
        <source>Threshold</source>
        <translation>Schwelle</translation>
    </message>
    <message>
        <source>Safe</source>
        <translation>Stufen</translation>
    </message>
    <message>
        <source>Scribble</source>
        <translation>Kritzeln</translation>
    </message>
    <message>
        <source>Score</source>
        <translation>Sicherheit</translation>
    </message>
    <message>
        <source>Distance</source>
        <translation>Länge</translation>
    </message>
    <message>
        <source>Coarse</source>
        <translation>Grob</translation>
    </message>
    <message>
        <source>Levels</source>
        <translation>Graustufen</translation>
    </message>
    <message>
        <source>Near</source>
        <translation>Nah</translation>
    </message>
    <message>
        <source>Far</source>
        <translation>Fern</translation>
    </message>
    <message>
        <source>Gamma</source>
        <translation>Gamma</translation>
    </message>
    <message>
        <source>Body</source>
        <translation>Körper</translation>
    </message>
    <message>
        <source>Hands</source>
        <translation>Hände</translation>
    </message>
    <message>
        <source>Face</source>
        <translation>Gesicht</translation>
    </message>
    <message>
        <source>Gradient that carries an edge on</source>
        <translation>Gefälle, das eine Kante fortsetzt</translation>
    </message>
    <message>
        <source>Gradient that starts an edge</source>
        <translation>Gefälle, das eine Kante beginnt</translation>
    </message>
    <message>
        <source>Size of what is moved, in pixels</source>
        <translation>Größe dessen, was verschoben wird, in Pixel</translation>
    </message>
    <message>
        <source>How far around a pixel its paper is looked for, in pixels</source>
        <translation>Wie weit um ein Pixel sein Papier gesucht wird, in Pixel</translation>
    </message>
    <message>
        <source>Darkness from which a pixel is a line</source>
        <translation>Dunkelheit, ab der ein Pixel zur Linie gehört</translation>
    </message>
    <message>
        <source>Three levels of grey instead of soft edges</source>
        <translation>Drei Graustufen statt weicher Kanten</translation>
    </message>
    <message>
        <source>Thick strokes, as drawn by hand</source>
        <translation>Dicke Striche, wie von Hand gezeichnet</translation>
    </message>
    <message>
        <source>How sure a line must be</source>
        <translation>Wie sicher eine Linie sein muss</translation>
    </message>
    <message>
        <source>Shortest line, in pixels of its map</source>
        <translation>Kürzeste Linie, in Pixel der Map</translation>
    </message>
    <message>
        <source>Fewer and rougher lines</source>
        <translation>Weniger und gröbere Linien</translation>
    </message>
    <message>
        <source>Levels of grey; 0 for all</source>
        <translation>Graustufen; 0 für alle</translation>
    </message>
    <message>
        <source>Cut off what is nearer, in percent</source>
        <translation>Näheres abschneiden, in Prozent</translation>
    </message>
    <message>
        <source>Cut off what is farther, in percent</source>
        <translation>Ferneres abschneiden, in Prozent</translation>
    </message>
    <message>
        <source>Darken the distance</source>
        <translation>Die Ferne abdunkeln</translation>
    </message>
    <message>
        <source>Draw the body</source>
        <translation>Den Körper zeichnen</translation>
    </message>
    <message>
        <source>Find hands, too</source>
        <translation>Auch Hände finden</translation>
    </message>
    <message>
        <source>Find faces, too</source>
        <translation>Auch Gesichter finden</translation>
    </message>
</context>
<context>
    <name>edits</name>
    <message>
        <source>change length</source>
        <translation>Länge ändern</translation>
    </message>
    <message>
        <source>move border</source>
        <translation>Grenze verschieben</translation>
    </message>
    <message>
        <source>change transition</source>
        <translation>Übergang ändern</translation>
    </message>
    <message>
        <source>move segments</source>
        <translation>Segmente verschieben</translation>
    </message>
    <message>
        <source>{model} makes pictures only; choose a model that makes videos</source>
        <translation>{model} macht nur Bilder; wähle ein Modell, das Videos macht</translation>
    </message>
    <message>
        <source>picture or video</source>
        <translation>Bild oder Video</translation>
    </message>
    <message>
        <source>move controls</source>
        <translation>Steuerungen verschieben</translation>
    </message>
    <message>
        <source>trim control</source>
        <translation>Steuerung trimmen</translation>
    </message>
    <message>
        <source>delete</source>
        <translation>löschen</translation>
    </message>
    <message>
        <source>change weight</source>
        <translation>Gewicht ändern</translation>
    </message>
</context>
<context>
    <name>formats</name>
    <message>
        <source>MP4, H.264</source>
        <translation>MP4, H.264</translation>
    </message>
    <message>
        <source>Plays everywhere: to send and to show</source>
        <translation>Läuft überall: zum Verschicken und Zeigen</translation>
    </message>
    <message>
        <source>MP4, H.265</source>
        <translation>MP4, H.265</translation>
    </message>
    <message>
        <source>For newer devices and televisions</source>
        <translation>Für neuere Geräte und Fernseher</translation>
    </message>
    <message>
        <source>MP4, AV1</source>
        <translation>MP4, AV1</translation>
    </message>
    <message>
        <source>For today&apos;s browsers, in ten bits</source>
        <translation>Für heutige Browser, mit zehn Bit</translation>
    </message>
    <message>
        <source>WebM, VP9</source>
        <translation>WebM, VP9</translation>
    </message>
    <message>
        <source>For web pages; small files</source>
        <translation>Für Webseiten; kleine Dateien</translation>
    </message>
    <message>
        <source>MOV, ProRes 422 HQ</source>
        <translation>MOV, ProRes 422 HQ</translation>
    </message>
    <message>
        <source>For editing and grading anywhere</source>
        <translation>Für Schnitt und Farbkorrektur überall</translation>
    </message>
    <message>
        <source>MOV, DNxHR HQ</source>
        <translation>MOV, DNxHR HQ</translation>
    </message>
    <message>
        <source>For editing in Avid and Resolve</source>
        <translation>Für Schnitt in Avid und Resolve</translation>
    </message>
    <message>
        <source>MKV, FFV1</source>
        <translation>MKV, FFV1</translation>
    </message>
    <message>
        <source>To keep: every pixel as it is</source>
        <translation>Zum Aufheben: jedes Pixel, wie es ist</translation>
    </message>
    <message>
        <source>GIF</source>
        <translation>GIF</translation>
    </message>
    <message>
        <source>Loops anywhere, in 256 colours</source>
        <translation>Läuft überall in Schleife, in 256 Farben</translation>
    </message>
    <message>
        <source>WebP</source>
        <translation>WebP</translation>
    </message>
    <message>
        <source>Loops in browsers, in all colours</source>
        <translation>Läuft in Browsern in Schleife, in allen Farben</translation>
    </message>
    <message>
        <source>PNG pictures</source>
        <translation>PNG-Bilder</translation>
    </message>
    <message>
        <source>A folder: every pixel as it is</source>
        <translation>Ein Ordner: jedes Pixel, wie es ist</translation>
    </message>
    <message>
        <source>OpenEXR pictures</source>
        <translation>OpenEXR-Bilder</translation>
    </message>
    <message>
        <source>A folder for compositing, in linear light</source>
        <translation>Ein Ordner fürs Compositing, in linearem Licht</translation>
    </message>
    <message>
        <source>Timeline, OTIO</source>
        <translation>Zeitleiste, OTIO</translation>
    </message>
    <message>
        <source>The cuts, for Resolve and Kdenlive</source>
        <translation>Die Schnitte, für Resolve und Kdenlive</translation>
    </message>
</context>
<context>
    <name>menus</name>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>&amp;Bearbeiten</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <source>&amp;Generate</source>
        <translation>&amp;Erzeugen</translation>
    </message>
    <message>
        <source>&amp;Timeline</source>
        <translation>&amp;Zeitleiste</translation>
    </message>
    <message>
        <source>&amp;Queue</source>
        <translation>&amp;Warteschlange</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>Open recent project</source>
        <translation>Zuletzt geöffnete Projekte</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache (Language)</translation>
    </message>
    <message>
        <source>Examples</source>
        <translation>Beispiele</translation>
    </message>
    <message>
        <source>Colours of the system</source>
        <translation>Farben des Systems</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>Language of the system</source>
        <translation>Sprache des Systems</translation>
    </message>
</context>
<context>
    <name>words</name>
    <message>
        <source>{seconds} s</source>
        <translation>{seconds} s</translation>
    </message>
</context>
</TS>
