<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>GalleryControls</name>
    <message numerus="yes">
        <source>Moved %n file(s) to the trash.</source>
        <translation>
            <numerusform>Moved %n file to the trash.</numerusform>
            <numerusform>Moved %n files to the trash.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>GridDialog</name>
    <message numerus="yes">
        <source>{size}: %n pictures</source>
        <translation>
            <numerusform>{size}: %n picture</numerusform>
            <numerusform>{size}: %n pictures</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ProjectNotices</name>
    <message numerus="yes">
        <source>%n files are missing, the first is {file}.</source>
        <translation>
            <numerusform>%n file is missing: {file}.</numerusform>
            <numerusform>%n files are missing, the first is {file}.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Studio</name>
    <message numerus="yes">
        <source>Cancelled %n jobs.</source>
        <translation>
            <numerusform>Cancelled %n job.</numerusform>
            <numerusform>Cancelled %n jobs.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>_Counts</name>
    <message numerus="yes">
        <source>%n pictures</source>
        <translation>
            <numerusform>%n picture</numerusform>
            <numerusform>%n pictures</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n steps</source>
        <translation>
            <numerusform>%n step</numerusform>
            <numerusform>%n steps</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n frames</source>
        <translation>
            <numerusform>%n frame</numerusform>
            <numerusform>%n frames</numerusform>
        </translation>
    </message>
</context>
</TS>
