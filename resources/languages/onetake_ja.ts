<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ja" sourcelanguage="en">
<context>
    <name>Actions</name>
    <message>
        <source>Open settings of a picture…</source>
        <translation>画像の設定を開く…</translation>
    </message>
    <message>
        <source>Save picture as…</source>
        <translation>画像を別名で保存…</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>フォルダーで表示</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>終了</translation>
    </message>
    <message>
        <source>Copy picture</source>
        <translation>画像をコピー</translation>
    </message>
    <message>
        <source>Copy settings</source>
        <translation>設定をコピー</translation>
    </message>
    <message>
        <source>Use these settings</source>
        <translation>この設定を使う</translation>
    </message>
    <message>
        <source>Star</source>
        <translation>スターを付ける</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>比較</translation>
    </message>
    <message>
        <source>Compare by a wipe</source>
        <translation>ワイプで比較</translation>
    </message>
    <message>
        <source>All pictures</source>
        <translation>すべての画像</translation>
    </message>
    <message>
        <source>Fit</source>
        <translation>全体表示</translation>
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
        <translation>前の画像</translation>
    </message>
    <message>
        <source>Next picture</source>
        <translation>次の画像</translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation>全画面表示</translation>
    </message>
    <message>
        <source>Hide panels</source>
        <translation>パネルを隠す</translation>
    </message>
    <message>
        <source>Go to next panel</source>
        <translation>次のパネルへ移動</translation>
    </message>
    <message>
        <source>Image workspace</source>
        <translation>画像ワークスペース</translation>
    </message>
    <message>
        <source>Control workspace</source>
        <translation>コントロールワークスペース</translation>
    </message>
    <message>
        <source>Video workspace</source>
        <translation>動画ワークスペース</translation>
    </message>
    <message>
        <source>Review workspace</source>
        <translation>確認ワークスペース</translation>
    </message>
    <message>
        <source>Reset workspace</source>
        <translation>ワークスペースを初期化</translation>
    </message>
    <message>
        <source>Image</source>
        <translation>画像</translation>
    </message>
    <message>
        <source>Control</source>
        <translation>コントロール</translation>
    </message>
    <message>
        <source>Video</source>
        <translation>動画</translation>
    </message>
    <message>
        <source>Review</source>
        <translation>確認</translation>
    </message>
    <message>
        <source>Generate</source>
        <translation>生成</translation>
    </message>
    <message>
        <source>Auto</source>
        <translation>オート</translation>
    </message>
    <message>
        <source>Make the picture again while you paint and change settings</source>
        <translation>描いたり設定を変えたりするたびに画像を作り直します</translation>
    </message>
    <message>
        <source>Keep the live picture</source>
        <translation>ライブ画像を残す</translation>
    </message>
    <message>
        <source>Roll a new seed</source>
        <translation>シードを振り直す</translation>
    </message>
    <message>
        <source>Lock seed</source>
        <translation>シードを固定</translation>
    </message>
    <message>
        <source>Go to prompt</source>
        <translation>プロンプトへ移動</translation>
    </message>
    <message>
        <source>Command palette</source>
        <translation>コマンドパレット</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>キーボードショートカット</translation>
    </message>
    <message>
        <source>About Onetake</source>
        <translation>Onetake について</translation>
    </message>
    <message>
        <source>New project</source>
        <translation>新規プロジェクト</translation>
    </message>
    <message>
        <source>Open project…</source>
        <translation>プロジェクトを開く…</translation>
    </message>
    <message>
        <source>Winter mountains, pictures</source>
        <translation>冬の山（画像）</translation>
    </message>
    <message>
        <source>River day, a take of 10 seconds</source>
        <translation>川の一日（10 秒のテイク）</translation>
    </message>
    <message>
        <source>Save project</source>
        <translation>プロジェクトを保存</translation>
    </message>
    <message>
        <source>Save project as…</source>
        <translation>プロジェクトを別名で保存…</translation>
    </message>
    <message>
        <source>Close project</source>
        <translation>プロジェクトを閉じる</translation>
    </message>
    <message>
        <source>Start with the last project</source>
        <translation>前回のプロジェクトで起動</translation>
    </message>
    <message>
        <source>Pause the queue</source>
        <translation>キューを一時停止</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>中止</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>再試行</translation>
    </message>
    <message>
        <source>Clear ended jobs</source>
        <translation>終わったジョブを消去</translation>
    </message>
    <message>
        <source>Cancel all jobs</source>
        <translation>すべてのジョブを中止</translation>
    </message>
    <message>
        <source>Edit waiting job</source>
        <translation>待機中のジョブを編集</translation>
    </message>
    <message>
        <source>Move waiting job up</source>
        <translation>待機中のジョブを上へ</translation>
    </message>
    <message>
        <source>Move waiting job down</source>
        <translation>待機中のジョブを下へ</translation>
    </message>
    <message>
        <source>Notify when long jobs end</source>
        <translation>長いジョブの終了を通知</translation>
    </message>
    <message>
        <source>Reach the engine again</source>
        <translation>エンジンに再接続</translation>
    </message>
    <message>
        <source>Raise weight of words</source>
        <translation>語の重みを上げる</translation>
    </message>
    <message>
        <source>Lower weight of words</source>
        <translation>語の重みを下げる</translation>
    </message>
    <message>
        <source>Raise weight by half a step</source>
        <translation>重みを半段階上げる</translation>
    </message>
    <message>
        <source>Lower weight by half a step</source>
        <translation>重みを半段階下げる</translation>
    </message>
    <message>
        <source>Make a grid…</source>
        <translation>グリッドを作る…</translation>
    </message>
    <message>
        <source>Search in the gallery</source>
        <translation>ギャラリーを検索</translation>
    </message>
    <message>
        <source>Add to timeline</source>
        <translation>タイムラインに追加</translation>
    </message>
    <message>
        <source>Move to trash</source>
        <translation>ごみ箱に入れる</translation>
    </message>
    <message>
        <source>Save grid as…</source>
        <translation>グリッドを別名で保存…</translation>
    </message>
    <message>
        <source>Use as control</source>
        <translation>コントロールとして使う</translation>
    </message>
    <message>
        <source>Add control picture…</source>
        <translation>コントロール画像を追加…</translation>
    </message>
    <message>
        <source>Show control map</source>
        <translation>コントロールマップを表示</translation>
    </message>
    <message>
        <source>Paint and place map of control…</source>
        <translation>コントロールマップを描く・配置する…</translation>
    </message>
    <message>
        <source>Move control up</source>
        <translation>コントロールを上へ</translation>
    </message>
    <message>
        <source>Move control down</source>
        <translation>コントロールを下へ</translation>
    </message>
    <message>
        <source>Switch control on or off</source>
        <translation>コントロールのオン/オフ</translation>
    </message>
    <message>
        <source>Remove control</source>
        <translation>コントロールを削除</translation>
    </message>
    <message>
        <source>Edit picture</source>
        <translation>画像を編集</translation>
    </message>
    <message>
        <source>Edit picture file…</source>
        <translation>画像ファイルを編集…</translation>
    </message>
    <message>
        <source>Paint region of control…</source>
        <translation>コントロールの範囲を描く…</translation>
    </message>
    <message>
        <source>Before and after</source>
        <translation>編集前後</translation>
    </message>
    <message>
        <source>Smaller brush</source>
        <translation>ブラシを小さく</translation>
    </message>
    <message>
        <source>Larger brush</source>
        <translation>ブラシを大きく</translation>
    </message>
    <message>
        <source>Paint or erase</source>
        <translation>描く/消す</translation>
    </message>
    <message>
        <source>Soft brush</source>
        <translation>ソフトブラシ</translation>
    </message>
    <message>
        <source>Show mask</source>
        <translation>マスクを表示</translation>
    </message>
    <message>
        <source>Invert mask</source>
        <translation>マスクを反転</translation>
    </message>
    <message>
        <source>Clear mask</source>
        <translation>マスクを消去</translation>
    </message>
    <message>
        <source>Make videos</source>
        <translation>動画を生成</translation>
    </message>
    <message>
        <source>Open timeline…</source>
        <translation>タイムラインを開く…</translation>
    </message>
    <message>
        <source>Save timeline as…</source>
        <translation>タイムラインを別名で保存…</translation>
    </message>
    <message>
        <source>Export take as…</source>
        <translation>テイクを書き出す…</translation>
    </message>
    <message>
        <source>Re-roll selection</source>
        <translation>選択範囲を振り直す</translation>
    </message>
    <message>
        <source>Branch at playhead</source>
        <translation>再生ヘッドで分岐</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>再生</translation>
    </message>
    <message>
        <source>Play backwards, faster</source>
        <translation>逆再生、速く</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Play, faster</source>
        <translation>再生、速く</translation>
    </message>
    <message>
        <source>Loop</source>
        <translation>ループ</translation>
    </message>
    <message>
        <source>In point</source>
        <translation>イン点</translation>
    </message>
    <message>
        <source>Out point</source>
        <translation>アウト点</translation>
    </message>
    <message>
        <source>Add segment</source>
        <translation>セグメントを追加</translation>
    </message>
    <message>
        <source>Split at playhead</source>
        <translation>再生ヘッドで分割</translation>
    </message>
    <message>
        <source>Transition</source>
        <translation>トランジション</translation>
    </message>
    <message>
        <source>Cut</source>
        <translation>カット</translation>
    </message>
    <message>
        <source>Delete segments</source>
        <translation>セグメントを削除</translation>
    </message>
    <message>
        <source>Select shot</source>
        <translation>ショットを選択</translation>
    </message>
    <message>
        <source>Zoom in on time</source>
        <translation>時間軸を拡大</translation>
    </message>
    <message>
        <source>Zoom out of time</source>
        <translation>時間軸を縮小</translation>
    </message>
    <message>
        <source>Fit timeline</source>
        <translation>タイムライン全体を表示</translation>
    </message>
    <message>
        <source>Timeline as table</source>
        <translation>タイムラインを表で表示</translation>
    </message>
</context>
<context>
    <name>Application</name>
    <message>
        <source>Try: {prompt}</source>
        <translation>試す：{prompt}</translation>
    </message>
</context>
<context>
    <name>Branching</name>
    <message>
        <source>Move the playhead to where it goes on otherwise, change the plan behind it, then branch.</source>
        <translation>分かれる位置に再生ヘッドを置き、その後の計画を変えてから分岐してください。</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>元に戻す</translation>
    </message>
    <message>
        <source>There is no take on the canvas; choose one from the gallery.</source>
        <translation>キャンバスにテイクがありません。ギャラリーで選んでください。</translation>
    </message>
    <message>
        <source>A branch keeps the finished frames before the playhead; move it to where the take is to go on otherwise.</source>
        <translation>分岐では再生ヘッドより前の完成したフレームが残ります。テイクを変えたい位置へ再生ヘッドを動かしてください。</translation>
    </message>
    <message>
        <source>A branch keeps the finished frames before the playhead; not all of them are finished yet.</source>
        <translation>分岐では再生ヘッドより前の完成したフレームが残ります。まだ完成していないフレームがあります。</translation>
    </message>
    <message>
        <source>The take is {size} by {model}, the settings are {other_size} by {other_model}; use the take&apos;s settings (Edit menu) first.</source>
        <translation>テイクは {size}・{model}、現在の設定は {other_size}・{other_model} です。先にテイクの設定を使ってください（編集メニュー）。</translation>
    </message>
    <message>
        <source>The timeline ends at frame {frame}, before the playhead; make it longer.</source>
        <translation>タイムラインはフレーム {frame} で、再生ヘッドより前に終わります。長くしてください。</translation>
    </message>
    <message>
        <source>Before the playhead the timeline is not the take&apos;s; use the take&apos;s settings (Edit menu), and change what is behind the playhead.</source>
        <translation>再生ヘッドより前のタイムラインがテイクと異なります。テイクの設定を使い（編集メニュー）、再生ヘッドより後を変えてください。</translation>
    </message>
</context>
<context>
    <name>CandidateGrid</name>
    <message>
        <source>Results</source>
        <translation>結果</translation>
    </message>
</context>
<context>
    <name>CandidateModel</name>
    <message>
        <source>Control map: {name}</source>
        <translation>コントロールマップ：{name}</translation>
    </message>
    <message>
        <source>Picture {number} of {count}, seed {seed}</source>
        <translation>画像 {number}/{count}、シード {seed}</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>待機中</translation>
    </message>
</context>
<context>
    <name>ClipControls</name>
    <message>
        <source>“{name}” cannot be read; choose a picture, a movie or a folder of pictures.</source>
        <translation>「{name}」を読み込めません。画像、動画、または画像のフォルダーを選んでください。</translation>
    </message>
    <message>
        <source>add control</source>
        <translation>コントロールを追加</translation>
    </message>
    <message>
        <source>The picture cannot be kept: {why}.</source>
        <translation>画像を保存できません：{why}。</translation>
    </message>
</context>
<context>
    <name>ClipFields</name>
    <message>
        <source>First frame of the control clip</source>
        <translation>コントロールクリップの最初のフレーム</translation>
    </message>
    <message>
        <source>Frames of the control clip</source>
        <translation>コントロールクリップのフレーム数</translation>
    </message>
    <message>
        <source>Weight of the control clip</source>
        <translation>コントロールクリップの重み</translation>
    </message>
    <message>
        <source>From frame</source>
        <translation>開始フレーム</translation>
    </message>
    <message>
        <source>Frames</source>
        <translation>フレーム</translation>
    </message>
    <message>
        <source>Weight</source>
        <translation>重み</translation>
    </message>
    <message>
        <source>{n} control clips</source>
        <translation>{n} コントロールクリップ</translation>
    </message>
</context>
<context>
    <name>ClipTable</name>
    <message>
        <source>From frame</source>
        <translation>開始フレーム</translation>
    </message>
    <message>
        <source>Frames</source>
        <translation>フレーム</translation>
    </message>
    <message>
        <source>Weight</source>
        <translation>重み</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>種類</translation>
    </message>
    <message>
        <source>File</source>
        <translation>ファイル</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状態</translation>
    </message>
    <message>
        <source>Acts</source>
        <translation>有効</translation>
    </message>
</context>
<context>
    <name>CommandPalette</name>
    <message>
        <source>Command</source>
        <translation>コマンド</translation>
    </message>
    <message>
        <source>Type a few letters of what you want to do</source>
        <translation>したいことを数文字入力</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>コマンド</translation>
    </message>
    <message>
        <source>No command fits; try fewer letters.</source>
        <translation>該当するコマンドがありません。文字を減らしてみてください。</translation>
    </message>
</context>
<context>
    <name>Compare</name>
    <message>
        <source>{prompt}, seed {seed}</source>
        <translation>{prompt}、シード {seed}</translation>
    </message>
</context>
<context>
    <name>Comparing</name>
    <message>
        <source>There is nothing to compare it with; choose another picture or take in the gallery.</source>
        <translation>比べるものがありません。ギャラリーで別の画像かテイクを選んでください。</translation>
    </message>
</context>
<context>
    <name>ControlDetails</name>
    <message>
        <source>everywhere</source>
        <translation>全体</translation>
    </message>
    <message>
        <source>The picture is a map already</source>
        <translation>画像はすでにマップ</translation>
    </message>
    <message>
        <source>from the catalogue</source>
        <translation>カタログから</translation>
    </message>
    <message>
        <source>to</source>
        <translation>～</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>画像</translation>
    </message>
    <message>
        <source>Frame</source>
        <translation>フレーム</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>ステップ</translation>
    </message>
    <message>
        <source>Mode</source>
        <translation>モード</translation>
    </message>
    <message>
        <source>Resize</source>
        <translation>サイズ調整</translation>
    </message>
    <message>
        <source>Region</source>
        <translation>範囲</translation>
    </message>
    <message>
        <source>Adapter</source>
        <translation>アダプター</translation>
    </message>
    <message>
        <source>by itself</source>
        <translation>自動</translation>
    </message>
    <message>
        <source> %</source>
        <translation> %</translation>
    </message>
    <message>
        <source>{layer}: choose its picture</source>
        <translation>{layer}：画像を選ぶ</translation>
    </message>
    <message>
        <source>{layer}: choose its region</source>
        <translation>{layer}：範囲を選ぶ</translation>
    </message>
    <message>
        <source>{layer}: let it act everywhere</source>
        <translation>{layer}：全体に効かせる</translation>
    </message>
    <message>
        <source>{layer}: choose the folder of an adapter</source>
        <translation>{layer}：アダプターのフォルダーを選ぶ</translation>
    </message>
    <message>
        <source>{layer}: adapter from the catalogue</source>
        <translation>{layer}：カタログのアダプター</translation>
    </message>
    <message>
        <source>Choose a picture that is white where the layer acts</source>
        <translation>レイヤーが効く部分を白くした画像を選びます</translation>
    </message>
    <message>
        <source>{layer}: frame of its animation</source>
        <translation>{layer}：アニメーションのフレーム</translation>
    </message>
    <message>
        <source>{layer}: acts from</source>
        <translation>{layer}：開始</translation>
    </message>
    <message>
        <source>{layer}: acts to</source>
        <translation>{layer}：終了</translation>
    </message>
    <message>
        <source>{layer}: mode</source>
        <translation>{layer}：モード</translation>
    </message>
    <message>
        <source>{layer}: modes</source>
        <translation>{layer}：モード一覧</translation>
    </message>
    <message>
        <source>{layer}: resize</source>
        <translation>{layer}：サイズ調整</translation>
    </message>
    <message>
        <source>{layer}: ways to resize</source>
        <translation>{layer}：サイズ調整の方法</translation>
    </message>
    <message>
        <source>{layer}: the picture is a map already</source>
        <translation>{layer}：画像はすでにマップ</translation>
    </message>
    <message>
        <source>Which frame of an animation, from 0; by itself, a take&apos;s frames have one each</source>
        <translation>アニメーションの何番目のフレームか（0 から）。自動なら、テイクの各フレームに 1 枚ずつ</translation>
    </message>
    <message>
        <source>Share of the steps before it acts</source>
        <translation>効き始めるまでのステップの割合</translation>
    </message>
    <message>
        <source>Share of the steps after which it no longer acts</source>
        <translation>効き終わるまでのステップの割合</translation>
    </message>
</context>
<context>
    <name>ControlPanel</name>
    <message>
        <source>Add a picture…</source>
        <translation>画像を追加…</translation>
    </message>
    <message>
        <source>remove control</source>
        <translation>コントロールを削除</translation>
    </message>
    <message>
        <source>move control</source>
        <translation>コントロールを移動</translation>
    </message>
    <message>
        <source>change control</source>
        <translation>コントロールを変更</translation>
    </message>
    <message>
        <source>Drop a picture here, and what is made follows its edges, its depth or a pose.</source>
        <translation>ここに画像をドロップすると、その輪郭や奥行き、ポーズに沿って生成されます。</translation>
    </message>
</context>
<context>
    <name>ControlRow</name>
    <message>
        <source>Choose another model, or give the layer the folder of an adapter made for it</source>
        <translation>別のモデルを選ぶか、対応するアダプターのフォルダーをレイヤーに指定してください</translation>
    </message>
    <message>
        <source>It is a map already</source>
        <translation>すでにマップです</translation>
    </message>
    <message>
        <source>Show its map</source>
        <translation>マップを表示</translation>
    </message>
    <message>
        <source>It has a picture for each frame</source>
        <translation>フレームごとに画像があります</translation>
    </message>
    <message>
        <source>Paint in its map, or move, scale and turn it</source>
        <translation>マップに描く、または移動・拡大縮小・回転する</translation>
    </message>
    <message>
        <source>Paint where it acts</source>
        <translation>効く範囲を描く</translation>
    </message>
    <message>
        <source>Layer {number}</source>
        <translation>レイヤー {number}</translation>
    </message>
    <message>
        <source>Fewer settings</source>
        <translation>設定を減らす</translation>
    </message>
    <message>
        <source>More settings</source>
        <translation>設定を増やす</translation>
    </message>
    <message>
        <source>{layer}: on</source>
        <translation>{layer}：オン</translation>
    </message>
    <message>
        <source>{layer}: its picture</source>
        <translation>{layer}：画像</translation>
    </message>
    <message>
        <source>{layer}: kind</source>
        <translation>{layer}：種類</translation>
    </message>
    <message>
        <source>{layer}: kinds</source>
        <translation>{layer}：種類一覧</translation>
    </message>
    <message>
        <source>{layer}: more settings</source>
        <translation>{layer}：詳細設定</translation>
    </message>
    <message>
        <source>{layer}: remove</source>
        <translation>{layer}：削除</translation>
    </message>
    <message>
        <source>{layer}: show its map</source>
        <translation>{layer}：マップを表示</translation>
    </message>
    <message>
        <source>{layer}: paint and place its map</source>
        <translation>{layer}：マップを描く・配置する</translation>
    </message>
    <message>
        <source>{layer}: paint its region</source>
        <translation>{layer}：範囲を描く</translation>
    </message>
    <message>
        <source>Switch this layer off</source>
        <translation>このレイヤーをオフにする</translation>
    </message>
    <message>
        <source>Switch this layer on</source>
        <translation>このレイヤーをオンにする</translation>
    </message>
    <message>
        <source>Remove this layer</source>
        <translation>このレイヤーを削除</translation>
    </message>
</context>
<context>
    <name>Controls</name>
    <message>
        <source>settings</source>
        <translation>設定</translation>
    </message>
    <message>
        <source>From the next start of the window on: {language}.</source>
        <translation>次回の起動から：{language}</translation>
    </message>
    <message>
        <source>About Onetake</source>
        <translation>Onetake について</translation>
    </message>
    <message>
        <source>Onetake: a desktop studio for generative images and long video. Licence: Apache-2.0.</source>
        <translation>Onetake：画像生成と長い動画のためのデスクトップスタジオ。ライセンス：Apache-2.0</translation>
    </message>
</context>
<context>
    <name>DevicesField</name>
    <message>
        <source>Devices</source>
        <translation>デバイス</translation>
    </message>
    <message>
        <source>Which devices make this take together</source>
        <translation>このテイクを一緒に生成するデバイス</translation>
    </message>
    <message>
        <source>All devices</source>
        <translation>すべてのデバイス</translation>
    </message>
    <message>
        <source>{name}  ·  processor, in {count} parts</source>
        <translation>{name}  ·  プロセッサー（{count} 分割）</translation>
    </message>
    <message>
        <source>choose devices</source>
        <translation>デバイスを選択</translation>
    </message>
</context>
<context>
    <name>EditBar</name>
    <message>
        <source>Back</source>
        <translation>戻る</translation>
    </message>
    <message>
        <source>Leave</source>
        <translation>終わる</translation>
    </message>
    <message>
        <source>Show the picture again, to paint on</source>
        <translation>画像に戻って描き続ける</translation>
    </message>
    <message>
        <source>Make pictures from words again; the mask is kept  (Esc)</source>
        <translation>言葉からの生成に戻る（マスクは残ります）  (Esc)</translation>
    </message>
    <message>
        <source>Change all</source>
        <translation>全体</translation>
    </message>
    <message>
        <source>Fill mask</source>
        <translation>マスク内</translation>
    </message>
    <message>
        <source>Extend</source>
        <translation>拡張</translation>
    </message>
    <message>
        <source>Retell</source>
        <translation>言い換え</translation>
    </message>
    <message>
        <source>choose what to edit</source>
        <translation>編集方法を選択</translation>
    </message>
    <message>
        <source>Make the whole picture anew, as far from it as the strength says</source>
        <translation>画像全体を作り直します。どこまで変わるかは強さで決まります</translation>
    </message>
    <message>
        <source>Make anew what is painted over, and keep the rest</source>
        <translation>塗った部分だけを作り直し、残りは保ちます</translation>
    </message>
    <message>
        <source>Make more picture around the picture</source>
        <translation>画像の外側を描き足します</translation>
    </message>
    <message>
        <source>Tell the whole picture in other words, and keep what both tellings share</source>
        <translation>画像全体を別の言葉で描き直し、共通する部分は保ちます</translation>
    </message>
    <message>
        <source>{model} cannot do this; choose another model</source>
        <translation>{model} ではできません。別のモデルを選んでください</translation>
    </message>
    <message>
        <source>Editing {name}</source>
        <translation>{name} を編集中</translation>
    </message>
    <message>
        <source>The size of the result; the model works at {size}</source>
        <translation>結果のサイズ（モデルは {size} で処理します）</translation>
    </message>
</context>
<context>
    <name>EditDesk</name>
    <message>
        <source>edit picture</source>
        <translation>画像を編集</translation>
    </message>
    <message>
        <source>leave editing</source>
        <translation>編集を終える</translation>
    </message>
    <message>
        <source>drag frame</source>
        <translation>枠をドラッグ</translation>
    </message>
    <message>
        <source>paint</source>
        <translation>描画</translation>
    </message>
    <message>
        <source>Reading {name}…</source>
        <translation>{name} を読み込み中…</translation>
    </message>
    <message>
        <source>Editing {name}</source>
        <translation>{name} を編集中</translation>
    </message>
    <message>
        <source>“Change all” makes the whole picture anew and takes no mask</source>
        <translation>「全体」は画像全体を作り直すため、マスクは使いません</translation>
    </message>
    <message>
        <source>The mask cannot be saved: {why}; free some room, it is tried again with the next stroke.</source>
        <translation>マスクを保存できません：{why}。空き容量を増やしてください。次のストロークで再び保存します。</translation>
    </message>
</context>
<context>
    <name>EditFields</name>
    <message>
        <source>What the picture shows now</source>
        <translation>画像が今表しているもの</translation>
    </message>
    <message>
        <source>Colours around it</source>
        <translation>周囲の色</translation>
    </message>
    <message>
        <source>What is there</source>
        <translation>今の内容</translation>
    </message>
    <message>
        <source>Noise</source>
        <translation>ノイズ</translation>
    </message>
    <message>
        <source>Nothing</source>
        <translation>空</translation>
    </message>
    <message>
        <source>Whole picture</source>
        <translation>画像全体</translation>
    </message>
    <message>
        <source>Around the mask</source>
        <translation>マスクの周辺</translation>
    </message>
    <message>
        <source>Left</source>
        <translation>左</translation>
    </message>
    <message>
        <source>Top</source>
        <translation>上</translation>
    </message>
    <message>
        <source>Right</source>
        <translation>右</translation>
    </message>
    <message>
        <source>Bottom</source>
        <translation>下</translation>
    </message>
    <message>
        <source>Pixels to add at this side; or drag the frame&apos;s edge</source>
        <translation>この辺に足すピクセル数（枠の縁をドラッグしても変えられます）</translation>
    </message>
    <message>
        <source>It shows</source>
        <translation>今の内容</translation>
    </message>
    <message>
        <source>What the picture shows; the prompt says what it is to show</source>
        <translation>画像が表しているもの。プロンプトには、これから表したいものを書きます</translation>
    </message>
    <message>
        <source>Strength</source>
        <translation>強さ</translation>
    </message>
    <message>
        <source>How far from the picture the result may go; 1 is freely</source>
        <translation>結果が元の画像からどこまで離れてよいか（1 は自由）</translation>
    </message>
    <message>
        <source>Start from</source>
        <translation>開始内容</translation>
    </message>
    <message>
        <source>What the masked part holds at the start</source>
        <translation>マスク部分の最初の内容</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>コンテキスト</translation>
    </message>
    <message>
        <source>What of the picture the model sees</source>
        <translation>モデルが見る画像の範囲</translation>
    </message>
    <message>
        <source>Padding</source>
        <translation>余白</translation>
    </message>
    <message>
        <source>How much around the mask the model sees</source>
        <translation>マスクの周りをモデルがどれだけ見るか</translation>
    </message>
    <message>
        <source>Border</source>
        <translation>境界</translation>
    </message>
    <message>
        <source>Width of the soft border around the mask</source>
        <translation>マスクのぼかし境界の幅</translation>
    </message>
    <message>
        <source>Brush</source>
        <translation>ブラシ</translation>
    </message>
    <message>
        <source>Diameter of the brush  ([ and ])</source>
        <translation>ブラシの直径  ([ と ])</translation>
    </message>
    <message>
        <source>edit settings</source>
        <translation>編集の設定</translation>
    </message>
</context>
<context>
    <name>EditPage</name>
    <message>
        <source>Choose a picture…</source>
        <translation>画像を選ぶ…</translation>
    </message>
    <message>
        <source>Paint  (X)</source>
        <translation>描く  (X)</translation>
    </message>
    <message>
        <source>Erase  (X)</source>
        <translation>消す  (X)</translation>
    </message>
</context>
<context>
    <name>EditWing</name>
    <message>
        <source>Edit picture file</source>
        <translation>画像ファイルを編集</translation>
    </message>
    <message>
        <source>Pictures (*.png *.jpg *.jpeg *.webp *.gif *.bmp *.tif *.tiff *.avif)</source>
        <translation>画像 (*.png *.jpg *.jpeg *.webp *.gif *.bmp *.tif *.tiff *.avif)</translation>
    </message>
</context>
<context>
    <name>Exchange</name>
    <message>
        <source>“{name}” is neither a picture nor a timeline (.json or .otio).</source>
        <translation>「{name}」は画像でもタイムライン（.json、.otio）でもありません。</translation>
    </message>
    <message>
        <source>“{name}”, the first of {n} files</source>
        <translation>「{name}」（{n} 個のファイルの先頭）</translation>
    </message>
    <message>
        <source>The timeline cannot be saved: {why}</source>
        <translation>タイムラインを保存できません：{why}</translation>
    </message>
    <message>
        <source>This take is a folder of pictures; “Show in folder” (File menu) leads to it.</source>
        <translation>このテイクは画像のフォルダーです。「フォルダーで表示」（ファイルメニュー）で開けます。</translation>
    </message>
    <message>
        <source>Copied the picture.</source>
        <translation>画像をコピーしました。</translation>
    </message>
    <message>
        <source>Copied the settings.</source>
        <translation>設定をコピーしました。</translation>
    </message>
    <message>
        <source>Copied: paste it behind “onetake image”, and its pictures follow this map.</source>
        <translation>コピーしました。「onetake image」の後に貼り付けると、画像がこのマップに沿います。</translation>
    </message>
    <message>
        <source>the take on the canvas</source>
        <translation>キャンバスのテイク</translation>
    </message>
    <message>
        <source>the picture on the canvas</source>
        <translation>キャンバスの画像</translation>
    </message>
    <message>
        <source>Restored the settings of {source}: seed {seed}, {size}.</source>
        <translation>{source}の設定を復元しました：シード {seed}、{size}</translation>
    </message>
    <message>
        <source>Restored the settings of {source} but its model, {model}, which is not here.</source>
        <translation>{source}の設定を復元しましたが、モデル {model} はここにありません。</translation>
    </message>
    <message>
        <source>Restored the settings of {source}.</source>
        <translation>{source}の設定を復元しました。</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>元に戻す</translation>
    </message>
    <message>
        <source>{name}: {why}</source>
        <translation>{name}：{why}</translation>
    </message>
    <message>
        <source>{name} holds no settings that Onetake can read.</source>
        <translation>{name}には Onetake が読める設定がありません。</translation>
    </message>
    <message>
        <source>Opened {name}: {count} segments, {frames}.</source>
        <translation>{name}を開きました：{count} セグメント、{frames}</translation>
    </message>
    <message>
        <source>Edit picture</source>
        <translation>画像を編集</translation>
    </message>
    <message>
        <source>“{name}” cannot be saved: {why}; choose another folder.</source>
        <translation>「{name}」を保存できません：{why}。別のフォルダーを選んでください。</translation>
    </message>
    <message>
        <source>Saved {file}</source>
        <translation>{file} を保存しました</translation>
    </message>
</context>
<context>
    <name>ExportChoice</name>
    <message>
        <source>name a file</source>
        <translation>ファイル名を指定してください</translation>
    </message>
    <message>
        <source>name a folder</source>
        <translation>フォルダー名を指定してください</translation>
    </message>
    <message>
        <source>{place} is no full path; choose a place</source>
        <translation>{place} は完全なパスではありません。場所を選んでください</translation>
    </message>
    <message>
        <source>the folder {place} does not exist; choose another</source>
        <translation>フォルダー {place} がありません。別の場所を選んでください</translation>
    </message>
    <message>
        <source>this place cannot be read ({error}); choose another</source>
        <translation>この場所を読めません（{error}）。別の場所を選んでください</translation>
    </message>
    <message>
        <source>this format ends in {suffix}; rename the file</source>
        <translation>この形式の拡張子は {suffix} です。ファイル名を変えてください</translation>
    </message>
    <message>
        <source>{name} is a folder; name a file</source>
        <translation>{name} はフォルダーです。ファイル名を指定してください</translation>
    </message>
    <message>
        <source>{name} is a file; name a folder</source>
        <translation>{name} はファイルです。フォルダー名を指定してください</translation>
    </message>
    <message>
        <source>the folder {name} is not empty; name a new one</source>
        <translation>フォルダー {name} は空ではありません。新しい名前を指定してください</translation>
    </message>
</context>
<context>
    <name>ExportControls</name>
    <message>
        <source>Exported “{name}”.</source>
        <translation>「{name}」を書き出しました。</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>フォルダーで表示</translation>
    </message>
</context>
<context>
    <name>ExportForm</name>
    <message>
        <source>First frame</source>
        <translation>最初のフレーム</translation>
    </message>
    <message>
        <source>Last frame</source>
        <translation>最後のフレーム</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>選択…</translation>
    </message>
    <message>
        <source>File</source>
        <translation>ファイル</translation>
    </message>
    <message>
        <source>{name} has one quality</source>
        <translation>{name} の品質は 1 種類です</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>サイズ</translation>
    </message>
    <message>
        <source>Width…</source>
        <translation>幅…</translation>
    </message>
    <message>
        <source>Width in pixels</source>
        <translation>幅（ピクセル）</translation>
    </message>
    <message>
        <source> px</source>
        <translation> px</translation>
    </message>
    <message>
        <source>At another speed</source>
        <translation>速度が違うとき</translation>
    </message>
    <message>
        <source>Same length: repeat or leave out frames</source>
        <translation>同じ長さ：フレームを繰り返す/間引く</translation>
    </message>
    <message>
        <source>Every frame once: faster or slower</source>
        <translation>全フレームを 1 回ずつ：速く/遅く</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>品質</translation>
    </message>
    <message>
        <source>Small: to send</source>
        <translation>小：送る用</translation>
    </message>
    <message>
        <source>Balanced</source>
        <translation>バランス</translation>
    </message>
    <message>
        <source>Best: like the take</source>
        <translation>最高：テイクのまま</translation>
    </message>
    <message>
        <source>to</source>
        <translation>～</translation>
    </message>
    <message>
        <source>Frames</source>
        <translation>フレーム</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>速度</translation>
    </message>
</context>
<context>
    <name>ExportPanel</name>
    <message>
        <source>Export take</source>
        <translation>テイクを書き出す</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>書き出す</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>閉じる</translation>
    </message>
    <message>
        <source>Export “{prompt}”</source>
        <translation>「{prompt}」を書き出す</translation>
    </message>
    <message>
        <source>“{name}” is written.</source>
        <translation>「{name}」を書き出しました。</translation>
    </message>
    <message>
        <source>Leads editing programs to the newest movie of this take; shots without one are placeholders.</source>
        <translation>編集ソフトにこのテイクの最新の動画を渡します。動画のないショットは仮置きになります。</translation>
    </message>
    <message>
        <source>Waiting for the disk of “{name}” to answer.</source>
        <translation>「{name}」のディスクの応答を待っています。</translation>
    </message>
    <message>
        <source>Some editing programs take no timeline below {least} fps, and this one has {rate}. First export the movie at 24 fps, with “Every frame once: faster or slower”; the timeline then leads to that one, at its rate.</source>
        <translation>編集ソフトによっては {least} fps 未満のタイムラインを読めません。このタイムラインは {rate} fps です。先に動画を 24 fps・「全フレームを 1 回ずつ：速く/遅く」で書き出すと、タイムラインはその動画をその速度で参照します。</translation>
    </message>
    <message>
        <source>about {size}</source>
        <translation>約 {size}</translation>
    </message>
    <message>
        <source>replaces the file that is there</source>
        <translation>既存のファイルを置き換えます</translation>
    </message>
    <message>
        <source>{count} of these are not made yet, the first is {frame}; wait, or move the points</source>
        <translation>このうち {count} 枚は未生成です（最初は {frame}）。待つか、点を動かしてください</translation>
    </message>
    <message>
        <source>A new folder (*)</source>
        <translation>新しいフォルダー (*)</translation>
    </message>
    <message>
        <source>Export as</source>
        <translation>書き出し</translation>
    </message>
    <message>
        <source>“{name}” is in the queue, which shows how far it is.</source>
        <translation>「{name}」はキューに入りました。進み具合はキューで見られます。</translation>
    </message>
</context>
<context>
    <name>FileDialogs</name>
    <message>
        <source>Open settings of a picture</source>
        <translation>画像の設定を開く</translation>
    </message>
    <message>
        <source>Pictures (*.png *.jpg *.jpeg *.webp)</source>
        <translation>画像 (*.png *.jpg *.jpeg *.webp)</translation>
    </message>
    <message>
        <source>Open timeline</source>
        <translation>タイムラインを開く</translation>
    </message>
    <message>
        <source>Timelines (*.json *.otio)</source>
        <translation>タイムライン (*.json *.otio)</translation>
    </message>
    <message>
        <source>Save timeline as</source>
        <translation>タイムラインを別名で保存</translation>
    </message>
    <message>
        <source>Onetake timeline (*.json);;OpenTimelineIO (*.otio)</source>
        <translation>Onetake タイムライン (*.json);;OpenTimelineIO (*.otio)</translation>
    </message>
    <message>
        <source>Save as</source>
        <translation>別名で保存</translation>
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
        <translation>{number}/{count}</translation>
    </message>
</context>
<context>
    <name>FormatList</name>
    <message>
        <source>Format</source>
        <translation>形式</translation>
    </message>
    <message>
        <source>Not on this machine</source>
        <translation>このマシンでは使えません</translation>
    </message>
</context>
<context>
    <name>GalleryBar</name>
    <message>
        <source>Search in prompts</source>
        <translation>プロンプトを検索</translation>
    </message>
    <message>
        <source>Filter the gallery</source>
        <translation>ギャラリーを絞り込む</translation>
    </message>
    <message>
        <source>Show only some kinds, models or days</source>
        <translation>種類・モデル・日付で絞り込む</translation>
    </message>
    <message>
        <source>All kinds</source>
        <translation>すべての種類</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>画像</translation>
    </message>
    <message>
        <source>Edited pictures</source>
        <translation>編集した画像</translation>
    </message>
    <message>
        <source>Takes</source>
        <translation>テイク</translation>
    </message>
    <message>
        <source>Control maps</source>
        <translation>コントロールマップ</translation>
    </message>
    <message>
        <source>Any time</source>
        <translation>すべての期間</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>今日</translation>
    </message>
    <message>
        <source>Last 7 days</source>
        <translation>過去 7 日間</translation>
    </message>
    <message>
        <source>Last 30 days</source>
        <translation>過去 30 日間</translation>
    </message>
    <message>
        <source>All models</source>
        <translation>すべてのモデル</translation>
    </message>
    <message>
        <source>Only with a star</source>
        <translation>スター付きのみ</translation>
    </message>
    <message>
        <source>Show everything</source>
        <translation>すべて表示</translation>
    </message>
    <message>
        <source>Filter ({n})</source>
        <translation>絞り込み ({n})</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>絞り込み</translation>
    </message>
</context>
<context>
    <name>GalleryControls</name>
    <message>
        <source>“{path}” cannot be moved to the trash: there is none on its disk, or it may not be moved.</source>
        <translation>「{path}」をごみ箱に入れられません。そのディスクにごみ箱がないか、移動が許可されていません。</translation>
    </message>
    <message numerus="yes">
        <source>Moved %n file(s) to the trash.</source>
        <translation>
            <numerusform>%n 個のファイルをごみ箱に入れました。</numerusform>
        </translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>元に戻す</translation>
    </message>
    <message>
        <source>The desktop does not say where the files lie; bring them back from its trash.</source>
        <translation>ファイルの場所をデスクトップから取得できません。ごみ箱から直接戻してください。</translation>
    </message>
</context>
<context>
    <name>GalleryModel</name>
    <message>
        <source>{prompt}, take of {length}, seed {seed}</source>
        <translation>{prompt}、{length} のテイク、シード {seed}</translation>
    </message>
    <message>
        <source>Control map: {name}</source>
        <translation>コントロールマップ：{name}</translation>
    </message>
    <message>
        <source>{prompt}, seed {seed}</source>
        <translation>{prompt}、シード {seed}</translation>
    </message>
    <message>
        <source>map</source>
        <translation>マップ</translation>
    </message>
</context>
<context>
    <name>GalleryPanel</name>
    <message>
        <source>Gallery</source>
        <translation>ギャラリー</translation>
    </message>
    <message>
        <source>No result fits.</source>
        <translation>該当する結果がありません。</translation>
    </message>
    <message>
        <source>Show everything</source>
        <translation>すべて表示</translation>
    </message>
    <message>
        <source>Finished pictures gather here.</source>
        <translation>できあがった画像がここに集まります。</translation>
    </message>
    <message>
        <source>Open a picture…</source>
        <translation>画像を開く…</translation>
    </message>
    <message>
        <source>Take over the settings of a picture that Onetake made</source>
        <translation>Onetake で作った画像の設定を読み込みます</translation>
    </message>
</context>
<context>
    <name>Grid</name>
    <message>
        <source>At {where}: {why}</source>
        <translation>{where}：{why}</translation>
    </message>
    <message>
        <source>{parameter} has more than {most} values; ask for fewer.</source>
        <translation>{parameter}の値が{most}個を超えています。減らしてください。</translation>
    </message>
    <message>
        <source>{parameter} has no values; write some, like {example}.</source>
        <translation>{parameter}に値がありません。{example}のように書いてください。</translation>
    </message>
    <message>
        <source>Write the words to replace and others for them, like {example}.</source>
        <translation>置き換える語と、代わりの語を書いてください。例：{example}</translation>
    </message>
    <message>
        <source>“{written}” is no size; write it like 256x256.</source>
        <translation>「{written}」はサイズではありません。256x256のように書いてください。</translation>
    </message>
    <message>
        <source>{parameter}: “{written}” does not stand for 1 to {most} values.</source>
        <translation>{parameter}：「{written}」は1～{most}個の値になりません。</translation>
    </message>
    <message>
        <source>{parameter}: “{written}” never gets to its end; turn the step round.</source>
        <translation>{parameter}：「{written}」は終わりに届きません。刻みの向きを逆にしてください。</translation>
    </message>
    <message>
        <source>{parameter}: “{written}” is no whole number; write values like {example}.</source>
        <translation>{parameter}：「{written}」は整数ではありません。{example}のように書いてください。</translation>
    </message>
    <message>
        <source>{parameter}: “{written}” is no number; write values like {example}.</source>
        <translation>{parameter}：「{written}」は数ではありません。{example}のように書いてください。</translation>
    </message>
    <message>
        <source>Both directions vary {parameter}; choose two different settings.</source>
        <translation>両方の向きで{parameter}が変わります。別々の設定を選んでください。</translation>
    </message>
    <message>
        <source>That would be {count} pictures; a grid has at most {most}.</source>
        <translation>画像が{count}枚になります。グリッドは{most}枚までです。</translation>
    </message>
    <message>
        <source>The strength is of edits; edit a picture, or vary something else.</source>
        <translation>強さは編集の設定です。画像を編集するか、別の設定を変えてください。</translation>
    </message>
    <message>
        <source>The prompt does not say “{written}”; the first value is what is replaced.</source>
        <translation>プロンプトに「{written}」がありません。最初の値が置き換えられます。</translation>
    </message>
    <message>
        <source>There is no control; add one, or vary something else.</source>
        <translation>コントロールがありません。追加するか、別の設定を変えてください。</translation>
    </message>
    <message>
        <source>There is no control {number}; there are {count}.</source>
        <translation>コントロール{number}はありません。全部で{count}個です。</translation>
    </message>
    <message>
        <source>There is no model “{written}”; use one of these: {known}.</source>
        <translation>モデル「{written}」はありません。次のどれかを使ってください：{known}</translation>
    </message>
</context>
<context>
    <name>GridControls</name>
    <message>
        <source>Words of the prompt</source>
        <translation>プロンプトの語</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>シード</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>ステップ</translation>
    </message>
    <message>
        <source>Guidance</source>
        <translation>ガイダンス</translation>
    </message>
    <message>
        <source>Negative prompt</source>
        <translation>ネガティブプロンプト</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>サイズ</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>モデル</translation>
    </message>
    <message>
        <source>Strength of the edit</source>
        <translation>編集の強さ</translation>
    </message>
    <message>
        <source>Control weight</source>
        <translation>コントロールの重み</translation>
    </message>
    <message>
        <source>Control start</source>
        <translation>コントロールの開始</translation>
    </message>
    <message>
        <source>Control end</source>
        <translation>コントロールの終了</translation>
    </message>
    <message>
        <source>Save grid as</source>
        <translation>グリッドを別名で保存</translation>
    </message>
    <message>
        <source>PNG (*.png)</source>
        <translation>PNG (*.png)</translation>
    </message>
    <message>
        <source>no picture</source>
        <translation>画像なし</translation>
    </message>
    <message>
        <source>Saved {file}</source>
        <translation>{file} を保存しました</translation>
    </message>
    <message>
        <source>“{name}” cannot be saved: {why}; choose another folder.</source>
        <translation>「{name}」を保存できません：{why}。別のフォルダーを選んでください。</translation>
    </message>
</context>
<context>
    <name>GridDialog</name>
    <message>
        <source>Make a grid</source>
        <translation>グリッドを作る</translation>
    </message>
    <message>
        <source>Across</source>
        <translation>横</translation>
    </message>
    <message>
        <source>Down</source>
        <translation>縦</translation>
    </message>
    <message>
        <source>{side}: setting</source>
        <translation>{side}：設定</translation>
    </message>
    <message>
        <source>{side}: values</source>
        <translation>{side}：値</translation>
    </message>
    <message>
        <source>Make grid</source>
        <translation>グリッドを作る</translation>
    </message>
    <message>
        <source>Nothing</source>
        <translation>空</translation>
    </message>
    <message>
        <source>First the words to replace, then others for them</source>
        <translation>最初に置き換える語、続けて代わりの語</translation>
    </message>
    <message>
        <source>For example {values}</source>
        <translation>例：{values}</translation>
    </message>
    <message numerus="yes">
        <source>{size}: %n pictures</source>
        <translation>
            <numerusform>{size}：%n 枚</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>HeadStrip</name>
    <message>
        <source>Before this edit</source>
        <translation>この編集の前</translation>
    </message>
    <message>
        <source>seed {seed}</source>
        <translation>シード {seed}</translation>
    </message>
    <message>
        <source>edit of {name}</source>
        <translation>{name} の編集</translation>
    </message>
    <message>
        <source>control map</source>
        <translation>コントロールマップ</translation>
    </message>
    <message>
        <source>{seconds} s</source>
        <translation>{seconds} 秒</translation>
    </message>
</context>
<context>
    <name>JobModel</name>
    <message>
        <source>waiting</source>
        <translation>待機中</translation>
    </message>
    <message>
        <source>running</source>
        <translation>実行中</translation>
    </message>
    <message>
        <source>done</source>
        <translation>完了</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失敗</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>中止</translation>
    </message>
</context>
<context>
    <name>JobRowDelegate</name>
    <message>
        <source>starting</source>
        <translation>開始中</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>残り {time}</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>待機中</translation>
    </message>
    <message>
        <source>grid, {done} of {count} pictures</source>
        <translation>グリッド、{done}/{count} 枚</translation>
    </message>
    <message>
        <source>waiting for the engine</source>
        <translation>エンジン待ち</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>中止</translation>
    </message>
    <message>
        <source>re-roll</source>
        <translation>振り直し</translation>
    </message>
    <message>
        <source>export as {codec}</source>
        <translation>{codec} で書き出し</translation>
    </message>
    <message>
        <source>control map</source>
        <translation>コントロールマップ</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>中止</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>再試行</translation>
    </message>
</context>
<context>
    <name>KeysTable</name>
    <message>
        <source>Command</source>
        <translation>コマンド</translation>
    </message>
    <message>
        <source>Menu</source>
        <translation>メニュー</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>キー</translation>
    </message>
    <message>
        <source>You chose this key</source>
        <translation>自分で選んだキーです</translation>
    </message>
</context>
<context>
    <name>LayerControls</name>
    <message>
        <source>“{name}” is no picture that a control can be read from; use PNG, JPEG, WebP or the like.</source>
        <translation>「{name}」はコントロールに使える画像ではありません。PNG、JPEG、WebP などを使ってください。</translation>
    </message>
    <message>
        <source>add control</source>
        <translation>コントロールを追加</translation>
    </message>
    <message>
        <source>Only the first {most} of these {n} files are layers now; a whole folder is one layer.</source>
        <translation>{n} 個のうち最初の {most} 個だけをレイヤーにしました。フォルダーごとなら 1 つのレイヤーになります。</translation>
    </message>
    <message>
        <source>Add control pictures</source>
        <translation>コントロール画像を追加</translation>
    </message>
    <message>
        <source>What was dropped is only an address; save the picture, and drop its file.</source>
        <translation>ドロップされたのはアドレスだけです。画像を保存し、そのファイルをドロップしてください。</translation>
    </message>
    <message>
        <source>The picture cannot be kept: {why}.</source>
        <translation>画像を保存できません：{why}。</translation>
    </message>
    <message>
        <source>There is no finished picture on the canvas; choose one from the gallery.</source>
        <translation>キャンバスに完成した画像がありません。ギャラリーから選んでください。</translation>
    </message>
    <message>
        <source>switch control</source>
        <translation>コントロールの切り替え</translation>
    </message>
    <message>
        <source>Choose the picture of the layer</source>
        <translation>レイヤーの画像を選ぶ</translation>
    </message>
    <message>
        <source>choose picture</source>
        <translation>画像を選択</translation>
    </message>
    <message>
        <source>Choose a picture that is white where the layer acts</source>
        <translation>レイヤーが効く部分を白くした画像を選びます</translation>
    </message>
    <message>
        <source>choose region</source>
        <translation>範囲を選択</translation>
    </message>
    <message>
        <source>Choose the folder of a ControlNet or T2I-Adapter</source>
        <translation>ControlNet または T2I-Adapter のフォルダーを選ぶ</translation>
    </message>
    <message>
        <source>choose adapter</source>
        <translation>アダプターを選択</translation>
    </message>
    <message>
        <source>Pictures ({patterns})</source>
        <translation>画像 ({patterns})</translation>
    </message>
</context>
<context>
    <name>LayerThumb</name>
    <message>
        <source>Press to choose another picture, drag to reorder (Alt+Up, Alt+Down)</source>
        <translation>押すと別の画像を選択、ドラッグで並べ替え (Alt+↑、Alt+↓)</translation>
    </message>
</context>
<context>
    <name>LengthField</name>
    <message>
        <source>Length in frames</source>
        <translation>長さ（フレーム）</translation>
    </message>
    <message>
        <source>frames, {length}</source>
        <translation>フレーム、{length}</translation>
    </message>
    <message>
        <source>Of the current segment</source>
        <translation>現在のセグメント</translation>
    </message>
    <message>
        <source>Of the whole take</source>
        <translation>テイク全体</translation>
    </message>
    <message>
        <source>change length</source>
        <translation>長さを変更</translation>
    </message>
</context>
<context>
    <name>Live</name>
    <message>
        <source>Waits for the queue</source>
        <translation>キューを待っています</translation>
    </message>
</context>
<context>
    <name>LivePane</name>
    <message>
        <source>Auto</source>
        <translation>オート</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>残す</translation>
    </message>
    <message>
        <source>End</source>
        <translation>終了</translation>
    </message>
    <message>
        <source>Put this picture into the gallery, as it is</source>
        <translation>この画像をそのままギャラリーに残します</translation>
    </message>
    <message>
        <source>Make pictures only when asked to</source>
        <translation>指示したときだけ画像を生成します</translation>
    </message>
    <message>
        <source>Live picture: {prompt}</source>
        <translation>ライブ画像：{prompt}</translation>
    </message>
    <message>
        <source>{seconds} s</source>
        <translation>{seconds} 秒</translation>
    </message>
</context>
<context>
    <name>LiveWing</name>
    <message>
        <source>The engine is not reachable; Auto needs it.</source>
        <translation>エンジンに接続できません。オートにはエンジンが必要です。</translation>
    </message>
    <message>
        <source>Kept in the gallery.</source>
        <translation>ギャラリーに残しました。</translation>
    </message>
    <message>
        <source>The picture is not kept: {why}</source>
        <translation>画像を残せませんでした：{why}</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Prompt</source>
        <translation>プロンプト</translation>
    </message>
    <message>
        <source>Queue</source>
        <translation>キュー</translation>
    </message>
    <message>
        <source>Timeline</source>
        <translation>タイムライン</translation>
    </message>
    <message>
        <source>Control</source>
        <translation>コントロール</translation>
    </message>
    <message>
        <source>Gallery</source>
        <translation>ギャラリー</translation>
    </message>
</context>
<context>
    <name>MapDesk</name>
    <message>
        <source>“{name}” has a map for each frame; add one of its pictures to paint in the map of that.</source>
        <translation>「{name}」はフレームごとにマップがあります。描くには、その中の 1 枚を追加してください。</translation>
    </message>
    <message>
        <source>Making the map of {name}…</source>
        <translation>{name} のマップを生成中…</translation>
    </message>
    <message>
        <source>reset map</source>
        <translation>マップをリセット</translation>
    </message>
    <message>
        <source>reset place</source>
        <translation>配置をリセット</translation>
    </message>
    <message>
        <source>place map</source>
        <translation>マップを配置</translation>
    </message>
    <message>
        <source>paint</source>
        <translation>描画</translation>
    </message>
    <message>
        <source>Map of layer {number}: {kind}, {name}</source>
        <translation>レイヤー {number} のマップ：{kind}、{name}</translation>
    </message>
    <message>
        <source>Making the map…</source>
        <translation>マップを生成中…</translation>
    </message>
    <message>
        <source>Painted: detector settings wait for a reset</source>
        <translation>描画済み：検出の設定はリセット後に反映されます</translation>
    </message>
    <message>
        <source>The map cannot be saved: {why}; free some room, it is tried again with the next stroke.</source>
        <translation>マップを保存できません：{why}。空き容量を増やしてください。次のストロークで再び保存します。</translation>
    </message>
</context>
<context>
    <name>MapEditor</name>
    <message>
        <source>Soft brush</source>
        <translation>ソフトブラシ</translation>
    </message>
    <message>
        <source>Show picture beneath</source>
        <translation>下に画像を表示</translation>
    </message>
    <message>
        <source>Paint</source>
        <translation>描く</translation>
    </message>
    <message>
        <source>Place</source>
        <translation>配置</translation>
    </message>
    <message>
        <source>Paint and erase in the map  (V)</source>
        <translation>マップに描く・消す  (V)</translation>
    </message>
    <message>
        <source>Move, scale and turn the map: Shift keeps the ratio, or turns by 15°  (V)</source>
        <translation>マップを移動・拡大縮小・回転：Shift で比率固定、回転は 15° 刻み  (V)</translation>
    </message>
    <message>
        <source>Reset map</source>
        <translation>マップをリセット</translation>
    </message>
    <message>
        <source>Reset place</source>
        <translation>配置をリセット</translation>
    </message>
    <message>
        <source>Take back all that was painted into the map</source>
        <translation>マップに描いたものをすべて取り消す</translation>
    </message>
    <message>
        <source>Put the map back where it came from</source>
        <translation>マップを元の位置に戻す</translation>
    </message>
    <message>
        <source>Region…</source>
        <translation>範囲…</translation>
    </message>
    <message>
        <source>Leave</source>
        <translation>終わる</translation>
    </message>
    <message>
        <source>Paint where the control acts</source>
        <translation>コントロールが効く範囲を描く</translation>
    </message>
    <message>
        <source>Back to the pictures; the map is kept  (Esc)</source>
        <translation>画像に戻る（マップは残ります）  (Esc)</translation>
    </message>
</context>
<context>
    <name>MapJobs</name>
    <message>
        <source>the map was cancelled; make it again</source>
        <translation>マップは中止されました。作り直してください</translation>
    </message>
</context>
<context>
    <name>MapPage</name>
    <message>
        <source>Use as control</source>
        <translation>コントロールとして使う</translation>
    </message>
    <message>
        <source>Let what is made follow this map</source>
        <translation>生成をこのマップに沿わせる</translation>
    </message>
    <message>
        <source>Show its picture</source>
        <translation>元の画像を表示</translation>
    </message>
    <message>
        <source>Show its picture in another program</source>
        <translation>元の画像を別のソフトで表示</translation>
    </message>
    <message>
        <source>Make it again</source>
        <translation>作り直す</translation>
    </message>
    <message>
        <source>Look at the picture anew, set as before</source>
        <translation>同じ設定で画像を解析し直す</translation>
    </message>
    <message>
        <source>Copy as control</source>
        <translation>コントロールとしてコピー</translation>
    </message>
    <message>
        <source>Copy the --control option that follows this map</source>
        <translation>このマップに沿う --control オプションをコピー</translation>
    </message>
    <message>
        <source>Control map: {name}</source>
        <translation>コントロールマップ：{name}</translation>
    </message>
    <message>
        <source>resize: {mode}</source>
        <translation>サイズ調整：{mode}</translation>
    </message>
</context>
<context>
    <name>MapViews</name>
    <message>
        <source>Picture</source>
        <translation>画像</translation>
    </message>
    <message>
        <source>Map</source>
        <translation>マップ</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>結果</translation>
    </message>
    <message>
        <source>Show: {name}</source>
        <translation>表示：{name}</translation>
    </message>
    <message>
        <source>Nothing was made with this map yet</source>
        <translation>このマップではまだ何も生成していません</translation>
    </message>
    <message>
        <source>The file is gone</source>
        <translation>ファイルがありません</translation>
    </message>
</context>
<context>
    <name>MaskBoard</name>
    <message>
        <source>erase</source>
        <translation>消去</translation>
    </message>
    <message>
        <source>paint</source>
        <translation>描画</translation>
    </message>
    <message>
        <source>clear mask</source>
        <translation>マスクを消去</translation>
    </message>
    <message>
        <source>mask everything</source>
        <translation>全体をマスク</translation>
    </message>
    <message>
        <source>invert mask</source>
        <translation>マスクを反転</translation>
    </message>
</context>
<context>
    <name>ModeSwitch</name>
    <message>
        <source>Picture</source>
        <translation>画像</translation>
    </message>
    <message>
        <source>Video</source>
        <translation>動画</translation>
    </message>
    <message>
        <source>Generate makes pictures</source>
        <translation>画像を生成します</translation>
    </message>
    <message>
        <source>Generate makes a take</source>
        <translation>テイクを生成します</translation>
    </message>
</context>
<context>
    <name>NoticeBar</name>
    <message>
        <source>Undo</source>
        <translation>元に戻す</translation>
    </message>
    <message>
        <source>Close this notice</source>
        <translation>このお知らせを閉じる</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>閉じる</translation>
    </message>
</context>
<context>
    <name>Notifications</name>
    <message>
        <source>Onetake: a job failed</source>
        <translation>Onetake：ジョブが失敗しました</translation>
    </message>
    <message>
        <source>Onetake: the take is finished</source>
        <translation>Onetake：テイクが完成しました</translation>
    </message>
    <message>
        <source>Onetake: the export is finished</source>
        <translation>Onetake：書き出しが完了しました</translation>
    </message>
    <message>
        <source>Onetake: the pictures are finished</source>
        <translation>Onetake：画像が完成しました</translation>
    </message>
    <message>
        <source>{prompt}
after {time}</source>
        <translation>{prompt}
所要 {time}</translation>
    </message>
</context>
<context>
    <name>OutcomeCard</name>
    <message>
        <source>Details</source>
        <translation>詳細</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>再試行</translation>
    </message>
    <message>
        <source>Show its frames</source>
        <translation>フレームを表示</translation>
    </message>
    <message>
        <source>What was finished of the take is there, and can be branched</source>
        <translation>テイクの完成した部分は残っていて、そこから分岐できます</translation>
    </message>
    <message>
        <source>Cancelled before it was finished.</source>
        <translation>完成前に中止されました。</translation>
    </message>
    <message>
        <source>Cancelled before its pictures were finished.</source>
        <translation>画像の完成前に中止されました。</translation>
    </message>
    <message>
        <source>Run again</source>
        <translation>もう一度実行</translation>
    </message>
    <message>
        <source>Kind: {kind}</source>
        <translation>種類：{kind}</translation>
    </message>
    <message>
        <source>Job: {job}, attempt {attempt}</source>
        <translation>ジョブ：{job}、{attempt} 回目</translation>
    </message>
    <message>
        <source>Device: {devices}</source>
        <translation>デバイス：{devices}</translation>
    </message>
    <message>
        <source>none</source>
        <translation>なし</translation>
    </message>
    <message>
        <source>Log: {file}</source>
        <translation>ログ：{file}</translation>
    </message>
</context>
<context>
    <name>PictureCellDelegate</name>
    <message>
        <source>file is gone</source>
        <translation>ファイルなし</translation>
    </message>
</context>
<context>
    <name>PictureView</name>
    <message>
        <source>Picture</source>
        <translation>画像</translation>
    </message>
</context>
<context>
    <name>PlaceFields</name>
    <message>
        <source>Its region goes along</source>
        <translation>範囲も一緒に動かす</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>リセット</translation>
    </message>
    <message>
        <source> %</source>
        <translation> %</translation>
    </message>
    <message>
        <source>Moved</source>
        <translation>移動</translation>
    </message>
    <message>
        <source>Scaled</source>
        <translation>拡大</translation>
    </message>
    <message>
        <source>Turned</source>
        <translation>回転</translation>
    </message>
    <message>
        <source>{layer}: map moved to the right</source>
        <translation>{layer}：マップの右への移動</translation>
    </message>
    <message>
        <source>{layer}: map moved down</source>
        <translation>{layer}：マップの下への移動</translation>
    </message>
    <message>
        <source>{layer}: width of its map</source>
        <translation>{layer}：マップの幅</translation>
    </message>
    <message>
        <source>{layer}: height of its map</source>
        <translation>{layer}：マップの高さ</translation>
    </message>
    <message>
        <source>{layer}: map turned clockwise</source>
        <translation>{layer}：マップの時計回りの回転</translation>
    </message>
    <message>
        <source>{layer}: reset the place of its map</source>
        <translation>{layer}：マップの配置をリセット</translation>
    </message>
    <message>
        <source>Put the map back where it came from</source>
        <translation>マップを元の位置に戻す</translation>
    </message>
    <message>
        <source>{layer}: its region goes along with the map</source>
        <translation>{layer}：範囲をマップと一緒に動かす</translation>
    </message>
</context>
<context>
    <name>PlayerPage</name>
    <message>
        <source>Frame {number} of {count}: {prompt}</source>
        <translation>フレーム {number}/{count}：{prompt}</translation>
    </message>
    <message>
        <source>This frame was not finished</source>
        <translation>このフレームは完成していません</translation>
    </message>
    <message>
        <source>Waiting for its turn</source>
        <translation>順番待ち</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>開始中</translation>
    </message>
    <message>
        <source>Step {step} of {steps}</source>
        <translation>ステップ {step}/{steps}</translation>
    </message>
    <message>
        <source>Preview, step {step} of {steps}</source>
        <translation>プレビュー、ステップ {step}/{steps}</translation>
    </message>
</context>
<context>
    <name>Project</name>
    <message>
        <source>change control</source>
        <translation>コントロールを変更</translation>
    </message>
    <message>
        <source>typing</source>
        <translation>入力</translation>
    </message>
    <message>
        <source>restore settings</source>
        <translation>設定の復元</translation>
    </message>
    <message>
        <source>open timeline</source>
        <translation>タイムラインを開く</translation>
    </message>
    <message>
        <source>choose model</source>
        <translation>モデルの選択</translation>
    </message>
</context>
<context>
    <name>ProjectControls</name>
    <message>
        <source>Untitled</source>
        <translation>名称未設定</translation>
    </message>
    <message>
        <source>“{name}” is being saved; its disk has not answered yet.</source>
        <translation>「{name}」を保存しています。ディスクがまだ応答していません。</translation>
    </message>
    <message>
        <source>{name} (read-only)</source>
        <translation>{name}（読み取り専用）</translation>
    </message>
</context>
<context>
    <name>ProjectDialogs</name>
    <message>
        <source>Open project: choose a folder that ends in {suffix}</source>
        <translation>プロジェクトを開く：{suffix} で終わるフォルダーを選択</translation>
    </message>
    <message>
        <source>Onetake project (*{suffix})</source>
        <translation>Onetake プロジェクト (*{suffix})</translation>
    </message>
    <message>
        <source>Save project as</source>
        <translation>プロジェクトを別名で保存</translation>
    </message>
    <message>
        <source>Where is {name} now?</source>
        <translation>{name} は今どこにありますか？</translation>
    </message>
    <message>
        <source>Onetake</source>
        <translation>Onetake</translation>
    </message>
    <message>
        <source>Save the changes to “{name}”?</source>
        <translation>「{name}」への変更を保存しますか？</translation>
    </message>
    <message>
        <source>What is not saved is lost.</source>
        <translation>保存しない変更は失われます。</translation>
    </message>
    <message>
        <source>Don&apos;t save</source>
        <translation>保存しない</translation>
    </message>
</context>
<context>
    <name>ProjectLine</name>
    <message>
        <source>Close this line</source>
        <translation>この行を閉じる</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>閉じる</translation>
    </message>
</context>
<context>
    <name>ProjectNotices</name>
    <message>
        <source>“{name}” has unsaved changes of {when}, from a window that did not close properly.</source>
        <translation>「{name}」に {when} の未保存の変更があります（正しく閉じられなかったウィンドウのものです）。</translation>
    </message>
    <message>
        <source>Recover</source>
        <translation>復元</translation>
    </message>
    <message>
        <source>Parts of your last work cannot be read. All of it is kept in {file}.</source>
        <translation>前回の作業の一部を読み込めません。すべて {file} に残っています。</translation>
    </message>
    <message>
        <source>{file} is missing; everything else is here.</source>
        <translation>{file} が見つかりません。ほかはすべてあります。</translation>
    </message>
    <message numerus="yes">
        <source>%n files are missing, the first is {file}.</source>
        <translation>
            <numerusform>%n 個のファイルが見つかりません（最初は {file}）。</numerusform>
        </translation>
    </message>
    <message>
        <source>Relink…</source>
        <translation>再リンク…</translation>
    </message>
    <message>
        <source>“{name}” comes from a newer version of Onetake. Update to change it in place.</source>
        <translation>「{name}」は新しいバージョンの Onetake で作られました。上書きするには更新してください。</translation>
    </message>
    <message>
        <source>Parts of “{name}” cannot be read: {parts}. They stay in its folder.</source>
        <translation>「{name}」の一部を読み込めません：{parts}。フォルダー内にはそのまま残ります。</translation>
    </message>
    <message>
        <source>“{name}” is open in another window. Changes here need another name.</source>
        <translation>「{name}」は別のウィンドウで開かれています。ここでの変更は別名で保存してください。</translation>
    </message>
    <message>
        <source>The folder of “{name}” cannot be written. Changes need another place.</source>
        <translation>「{name}」のフォルダーに書き込めません。変更は別の場所に保存してください。</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>別名で保存…</translation>
    </message>
    <message>
        <source>{file} differs from what was saved with “{name}”; another program may have changed it.</source>
        <translation>{file} が「{name}」の保存時と異なります。別のソフトが変更した可能性があります。</translation>
    </message>
    <message>
        <source>Use its timeline</source>
        <translation>そのタイムラインを使う</translation>
    </message>
    <message>
        <source>{file} of “{name}” is missing. The timeline is here all the same; saving writes the file.</source>
        <translation>「{name}」の {file} がありません。タイムラインは無事です。保存するとファイルが作られます。</translation>
    </message>
</context>
<context>
    <name>ProjectSession</name>
    <message>
        <source>new project</source>
        <translation>新規プロジェクト</translation>
    </message>
    <message>
        <source>open example</source>
        <translation>サンプルを開く</translation>
    </message>
    <message>
        <source>recover</source>
        <translation>復元</translation>
    </message>
    <message>
        <source>relink</source>
        <translation>再リンク</translation>
    </message>
    <message>
        <source>open timeline</source>
        <translation>タイムラインを開く</translation>
    </message>
</context>
<context>
    <name>PromptEdit</name>
    <message>
        <source>{model} does not know “{word}” and will ignore it.</source>
        <translation>{model} は「{word}」を知らないため無視します。</translation>
    </message>
</context>
<context>
    <name>PromptHelp</name>
    <message>
        <source>No styles yet: write words, and save them here</source>
        <translation>スタイルはまだありません。言葉を書いて、ここに保存できます</translation>
    </message>
    <message>
        <source>Save prompt as a style…</source>
        <translation>プロンプトをスタイルとして保存…</translation>
    </message>
    <message>
        <source>Remove a style</source>
        <translation>スタイルを削除</translation>
    </message>
    <message>
        <source>Wildcards</source>
        <translation>ワイルドカード</translation>
    </message>
    <message>
        <source>Alternatives: {red|blue}</source>
        <translation>選択肢：{red|blue}</translation>
    </message>
    <message>
        <source>Open the folder of wildcards</source>
        <translation>ワイルドカードのフォルダーを開く</translation>
    </message>
    <message>
        <source>add style</source>
        <translation>スタイルを追加</translation>
    </message>
    <message>
        <source>Saved the style “{name}”.</source>
        <translation>スタイル「{name}」を保存しました。</translation>
    </message>
    <message>
        <source>Removed the style “{name}”.</source>
        <translation>スタイル「{name}」を削除しました。</translation>
    </message>
    <message>
        <source>Save prompt as a style</source>
        <translation>プロンプトをスタイルとして保存</translation>
    </message>
    <message>
        <source>Name of the style</source>
        <translation>スタイルの名前</translation>
    </message>
</context>
<context>
    <name>PromptPanel</name>
    <message>
        <source>Prompt</source>
        <translation>プロンプト</translation>
    </message>
    <message>
        <source>Generate</source>
        <translation>生成</translation>
    </message>
    <message>
        <source>Ctrl+Return</source>
        <translation>Ctrl+Enter</translation>
    </message>
    <message>
        <source>Leave as it is</source>
        <translation>そのままにする</translation>
    </message>
    <message>
        <source>Styles</source>
        <translation>スタイル</translation>
    </message>
    <message>
        <source>Styles and wildcards</source>
        <translation>スタイルとワイルドカード</translation>
    </message>
    <message>
        <source>Words to add to the prompt</source>
        <translation>プロンプトに加える言葉</translation>
    </message>
    <message>
        <source>Editing “{prompt}”</source>
        <translation>「{prompt}」を編集中</translation>
    </message>
    <message>
        <source>Queue another</source>
        <translation>キューに追加</translation>
    </message>
    <message>
        <source>Change the job</source>
        <translation>ジョブを変更</translation>
    </message>
    <message>
        <source>Describe a picture: what is in it, where, at what time of day</source>
        <translation>画像を言葉で：何が、どこに、どの時間帯に</translation>
    </message>
    <message>
        <source>Describe a video: what is in it, where, at what time of day</source>
        <translation>動画を言葉で：何が、どこに、どの時間帯に</translation>
    </message>
    <message>
        <source>Segment {number} of {count}, from {start} to {stop}</source>
        <translation>セグメント {number}/{count}、{start} ～ {stop}</translation>
    </message>
    <message>
        <source>{model} will ignore: {words}</source>
        <translation>{model} が無視する語：{words}</translation>
    </message>
    <message>
        <source>{model} takes no weights; it reads the brackets as they are</source>
        <translation>{model} は重みに対応せず、括弧をそのまま読みます</translation>
    </message>
</context>
<context>
    <name>QueuePanel</name>
    <message>
        <source>Clear ended jobs</source>
        <translation>終わったジョブを消去</translation>
    </message>
    <message>
        <source>Clear failed and cancelled jobs from this list</source>
        <translation>失敗・中止したジョブを一覧から消去</translation>
    </message>
    <message>
        <source>Cancel all jobs</source>
        <translation>すべてのジョブを中止</translation>
    </message>
    <message>
        <source>Cancel everything that runs or waits</source>
        <translation>実行中と待機中をすべて中止</translation>
    </message>
    <message>
        <source>Nothing runs and nothing waits.</source>
        <translation>実行中・待機中のジョブはありません。</translation>
    </message>
    <message>
        <source>Generate</source>
        <translation>生成</translation>
    </message>
    <message>
        <source>Queue</source>
        <translation>キュー</translation>
    </message>
    <message>
        <source>Resume the queue</source>
        <translation>キューを再開</translation>
    </message>
    <message>
        <source>Pause the queue</source>
        <translation>キューを一時停止</translation>
    </message>
    <message>
        <source>{name}; what runs goes on</source>
        <translation>{name}（実行中のものは続きます）</translation>
    </message>
    <message>
        <source>{n} left</source>
        <translation>残り {n}</translation>
    </message>
    <message>
        <source>idle</source>
        <translation>待機</translation>
    </message>
    <message>
        <source>paused, {left}</source>
        <translation>一時停止、{left}</translation>
    </message>
    <message>
        <source>Show older ({n})</source>
        <translation>古いものを表示 ({n})</translation>
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
        <translation>1 秒あたりのフレーム数</translation>
    </message>
</context>
<context>
    <name>RegionDialog</name>
    <message>
        <source>Paint region of control</source>
        <translation>コントロールの範囲を描く</translation>
    </message>
    <message>
        <source>Soft brush</source>
        <translation>ソフトブラシ</translation>
    </message>
    <message>
        <source>Show mask</source>
        <translation>マスクを表示</translation>
    </message>
    <message>
        <source>Invert mask</source>
        <translation>マスクを反転</translation>
    </message>
    <message>
        <source>Clear mask</source>
        <translation>マスクを消去</translation>
    </message>
    <message>
        <source>The picture of the control</source>
        <translation>コントロールの画像</translation>
    </message>
    <message>
        <source>Paint where the control acts; with nothing painted it acts everywhere.  [ and ] size, X erases</source>
        <translation>コントロールが効く範囲を描きます。何も描かなければ全体に効きます。  [ と ] でサイズ、X で消去</translation>
    </message>
    <message>
        <source>Use region</source>
        <translation>範囲を使う</translation>
    </message>
    <message>
        <source>The region cannot be saved: {why}; free some room.</source>
        <translation>範囲を保存できません：{why}。空き容量を増やしてください。</translation>
    </message>
</context>
<context>
    <name>RegionPainting</name>
    <message>
        <source>“{name}” has a picture for each frame; choose a movie or folder of masks for its region.</source>
        <translation>「{name}」はフレームごとに画像があります。範囲にはマスクの動画かフォルダーを選んでください。</translation>
    </message>
    <message>
        <source>paint region</source>
        <translation>範囲の描画</translation>
    </message>
</context>
<context>
    <name>SeedField</name>
    <message>
        <source>Seed</source>
        <translation>シード</translation>
    </message>
    <message>
        <source>The same seed and settings make the same picture</source>
        <translation>同じシードと設定なら同じ画像になります</translation>
    </message>
    <message>
        <source>Lock seed</source>
        <translation>シードを固定</translation>
    </message>
    <message>
        <source>Roll a new seed</source>
        <translation>シードを振り直す</translation>
    </message>
    <message>
        <source>Locked: Generate makes the same pictures again</source>
        <translation>固定：同じ画像を生成します</translation>
    </message>
    <message>
        <source>Unlocked: every Generate draws a new seed</source>
        <translation>自由：生成のたびに新しいシードを引きます</translation>
    </message>
    <message>
        <source>Every Generate rolls a new seed; lock it to roll by hand</source>
        <translation>生成のたびにシードが変わります。固定すると手動で振れます</translation>
    </message>
</context>
<context>
    <name>SegmentFields</name>
    <message>
        <source>Seed of the segment</source>
        <translation>セグメントのシード</translation>
    </message>
    <message>
        <source>as the shot&apos;s</source>
        <translation>ショットと同じ</translation>
    </message>
    <message>
        <source>Noise of its own; empty for that of the shot</source>
        <translation>独自のノイズ。空ならショットと同じ</translation>
    </message>
    <message>
        <source>Roll a seed for the segment</source>
        <translation>セグメントのシードを振る</translation>
    </message>
    <message>
        <source>Roll a seed for each selected segment</source>
        <translation>選択した各セグメントのシードを振る</translation>
    </message>
    <message>
        <source>Strength of the transition</source>
        <translation>トランジションの強さ</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>シード</translation>
    </message>
    <message>
        <source>Transition strength</source>
        <translation>トランジションの強さ</translation>
    </message>
    <message>
        <source>Segment {number}</source>
        <translation>セグメント {number}</translation>
    </message>
    <message>
        <source>{n} segments</source>
        <translation>{n} セグメント</translation>
    </message>
    <message>
        <source>1: prompt and noise travel evenly; 0: they change at once</source>
        <translation>1：プロンプトとノイズがなだらかに移る/0：一度に切り替わる</translation>
    </message>
    <message>
        <source>This segment has no transition to weigh</source>
        <translation>このセグメントにトランジションはありません</translation>
    </message>
    <message>
        <source>change seed</source>
        <translation>シードを変更</translation>
    </message>
    <message>
        <source>change strength</source>
        <translation>強さを変更</translation>
    </message>
</context>
<context>
    <name>SegmentTable</name>
    <message>
        <source>Start</source>
        <translation>開始</translation>
    </message>
    <message>
        <source>Frames</source>
        <translation>フレーム</translation>
    </message>
    <message>
        <source>Transition</source>
        <translation>トランジション</translation>
    </message>
    <message>
        <source>Strength</source>
        <translation>強さ</translation>
    </message>
    <message>
        <source>Cut</source>
        <translation>カット</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>シード</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>プロンプト</translation>
    </message>
    <message>
        <source>cut</source>
        <translation>カット</translation>
    </message>
    <message>
        <source>change length</source>
        <translation>長さを変更</translation>
    </message>
    <message>
        <source>change transition</source>
        <translation>トランジションを変更</translation>
    </message>
    <message>
        <source>change strength</source>
        <translation>強さを変更</translation>
    </message>
    <message>
        <source>change seed</source>
        <translation>シードを変更</translation>
    </message>
    <message>
        <source>typing</source>
        <translation>入力</translation>
    </message>
</context>
<context>
    <name>SettingsForm</name>
    <message>
        <source>Negative prompt</source>
        <translation>ネガティブプロンプト</translation>
    </message>
    <message>
        <source>Number of pictures</source>
        <translation>画像の枚数</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>ステップ</translation>
    </message>
    <message>
        <source>Guidance</source>
        <translation>ガイダンス</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>モデル</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>モデル一覧</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>サイズ</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>長さ</translation>
    </message>
    <message>
        <source>Count</source>
        <translation>枚数</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>シード</translation>
    </message>
    <message>
        <source>Devices</source>
        <translation>デバイス</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>速度</translation>
    </message>
    <message>
        <source>typing</source>
        <translation>入力</translation>
    </message>
    <message>
        <source>settings</source>
        <translation>設定</translation>
    </message>
    <message>
        <source>The size follows the picture that is edited</source>
        <translation>サイズは編集中の画像に合わせます</translation>
    </message>
    <message>
        <source>{model} takes no negative prompt</source>
        <translation>{model} はネガティブ非対応</translation>
    </message>
    <message>
        <source>{model} takes no guidance</source>
        <translation>{model} はガイダンス非対応</translation>
    </message>
    <message>
        <source>What to keep out</source>
        <translation>入れたくないもの</translation>
    </message>
    <message>
        <source>How closely to follow the prompt</source>
        <translation>プロンプトへの忠実さ</translation>
    </message>
</context>
<context>
    <name>SheetModel</name>
    <message>
        <source>not there</source>
        <translation>ありません</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>待機中</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失敗</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>中止</translation>
    </message>
</context>
<context>
    <name>SheetPage</name>
    <message>
        <source>Grid</source>
        <translation>グリッド</translation>
    </message>
    <message>
        <source>Grid of {axes}, {done} of {count} pictures</source>
        <translation>{axes} のグリッド、{done}/{count} 枚</translation>
    </message>
    <message>
        <source>Grid of {axes}</source>
        <translation>{axes} のグリッド</translation>
    </message>
</context>
<context>
    <name>ShortcutEditor</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>キーボードショートカット</translation>
    </message>
    <message>
        <source>Search commands and keys</source>
        <translation>コマンドとキーを検索</translation>
    </message>
    <message>
        <source>New key</source>
        <translation>新しいキー</translation>
    </message>
    <message>
        <source>Set key</source>
        <translation>キーを設定</translation>
    </message>
    <message>
        <source>Remove key</source>
        <translation>キーを外す</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>リセット</translation>
    </message>
    <message>
        <source>Reset all</source>
        <translation>すべてリセット</translation>
    </message>
    <message>
        <source>Commands and their keys</source>
        <translation>コマンドとキー</translation>
    </message>
    <message>
        <source>{key} now means “{name}”.</source>
        <translation>{key} は「{name}」になりました。</translation>
    </message>
    <message>
        <source>“{name}” no longer has it.</source>
        <translation>「{name}」からは外れました。</translation>
    </message>
    <message>
        <source>“{name}” has no key now.</source>
        <translation>「{name}」のキーはなくなりました。</translation>
    </message>
    <message>
        <source>“{name}” has its own key again.</source>
        <translation>「{name}」を元のキーに戻しました。</translation>
    </message>
    <message>
        <source>Every command has its own key again.</source>
        <translation>すべてのコマンドを元のキーに戻しました。</translation>
    </message>
    <message>
        <source>Press a new key for “{name}”:</source>
        <translation>「{name}」の新しいキーを押してください：</translation>
    </message>
    <message>
        <source>No command fits.</source>
        <translation>該当するコマンドがありません。</translation>
    </message>
    <message>
        <source>Take over</source>
        <translation>置き換える</translation>
    </message>
    <message>
        <source>{key} belongs to “{name}”; taking it over leaves that without it.</source>
        <translation>{key} は「{name}」のキーです。置き換えるとそちらからは外れます。</translation>
    </message>
</context>
<context>
    <name>SizeField</name>
    <message>
        <source>Size</source>
        <translation>サイズ</translation>
    </message>
    <message>
        <source>Sizes</source>
        <translation>サイズ一覧</translation>
    </message>
    <message>
        <source>Width in pixels</source>
        <translation>幅（ピクセル）</translation>
    </message>
    <message>
        <source>Height in pixels</source>
        <translation>高さ（ピクセル）</translation>
    </message>
    <message>
        <source>Swap width and height</source>
        <translation>幅と高さを入れ替え</translation>
    </message>
    <message>
        <source>Square</source>
        <translation>正方形</translation>
    </message>
    <message>
        <source>Landscape</source>
        <translation>横長</translation>
    </message>
    <message>
        <source>Portrait</source>
        <translation>縦長</translation>
    </message>
    <message>
        <source>Wide</source>
        <translation>ワイド</translation>
    </message>
    <message>
        <source>Tall</source>
        <translation>縦に細長い</translation>
    </message>
    <message>
        <source>Large square</source>
        <translation>大きな正方形</translation>
    </message>
    <message>
        <source>{model} draws this at {size} and enlarges it: larger, not finer.</source>
        <translation>{model} は {size} で描いて拡大します。大きくなりますが、細かくはなりません。</translation>
    </message>
    <message>
        <source>{model} draws best at {size}. At other sizes things blur and may come twice.</source>
        <translation>{model} は {size} で最もよく描けます。ほかのサイズではぼやけたり、ものが二重に現れたりします。</translation>
    </message>
    <message>
        <source>Custom…</source>
        <translation>カスタム…</translation>
    </message>
    <message>
        <source>A multiple of {multiple}, at most {most}</source>
        <translation>{multiple} の倍数、最大 {most}</translation>
    </message>
</context>
<context>
    <name>SpeedField</name>
    <message>
        <source>change speed</source>
        <translation>速度を変更</translation>
    </message>
</context>
<context>
    <name>Stage</name>
    <message>
        <source>Describe a picture or a video on the left, or start with an example.</source>
        <translation>左側で画像や動画を言葉で描写するか、サンプルから始めましょう。</translation>
    </message>
    <message>
        <source>Or make a take of 10 seconds</source>
        <translation>または 10 秒のテイクを作る</translation>
    </message>
    <message>
        <source>Remove star</source>
        <translation>スターを外す</translation>
    </message>
    <message>
        <source>Star</source>
        <translation>スターを付ける</translation>
    </message>
</context>
<context>
    <name>StatusBar</name>
    <message>
        <source>Retry</source>
        <translation>再試行</translation>
    </message>
    <message>
        <source>Reach the engine again</source>
        <translation>エンジンに再接続</translation>
    </message>
    <message>
        <source>engine starting</source>
        <translation>エンジン起動中</translation>
    </message>
    <message>
        <source>engine running</source>
        <translation>エンジン稼働中</translation>
    </message>
    <message>
        <source>engine not reachable</source>
        <translation>エンジンに接続できません</translation>
    </message>
    <message>
        <source>no device</source>
        <translation>デバイスなし</translation>
    </message>
    <message>
        <source>saved {time}</source>
        <translation>保存 {time}</translation>
    </message>
    <message>
        <source>Your prompt and settings are kept, also through a crash</source>
        <translation>プロンプトと設定は、異常終了しても残ります</translation>
    </message>
    <message>
        <source>kept {time}</source>
        <translation>退避 {time}</translation>
    </message>
    <message>
        <source>Not saved in the project yet, but kept through a crash</source>
        <translation>プロジェクトには未保存ですが、異常終了しても残ります</translation>
    </message>
    <message>
        <source>“{name}” is saved</source>
        <translation>「{name}」を保存しました</translation>
    </message>
    <message>
        <source>not saved</source>
        <translation>未保存</translation>
    </message>
    <message>
        <source>  ·  {used} of {total} GB</source>
        <translation>  ·  {used}/{total} GB</translation>
    </message>
</context>
<context>
    <name>Studio</name>
    <message>
        <source>Changed the waiting job.</source>
        <translation>待機中のジョブを変更しました。</translation>
    </message>
    <message>
        <source>Only a job that waits can be edited; “Use these settings” takes over those of others.</source>
        <translation>編集できるのは待機中のジョブだけです。ほかは「この設定を使う」で設定を読み込めます。</translation>
    </message>
    <message>
        <source>This job has parts that the settings do not show; cancel it and start it anew.</source>
        <translation>このジョブには設定に表示されない部分があります。中止して作り直してください。</translation>
    </message>
    <message>
        <source>Exporting to {file}</source>
        <translation>{file} に書き出し中</translation>
    </message>
    <message>
        <source>The engine is not reachable; the job is kept and waits until it is.</source>
        <translation>エンジンに接続できません。ジョブは保持され、つながるまで待ちます。</translation>
    </message>
    <message>
        <source>example</source>
        <translation>サンプル</translation>
    </message>
    <message>
        <source>The engine has not taken this job yet; cancel it in a moment.</source>
        <translation>エンジンがまだこのジョブを受け取っていません。少し後で中止してください。</translation>
    </message>
    <message>
        <source>Cancelled “{prompt}”.</source>
        <translation>「{prompt}」を中止しました。</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>元に戻す</translation>
    </message>
    <message numerus="yes">
        <source>Cancelled %n jobs.</source>
        <translation>
            <numerusform>%n 件のジョブを中止しました。</numerusform>
        </translation>
    </message>
    <message>
        <source>The job that you were editing no longer waits; Generate makes a new one.</source>
        <translation>編集中のジョブはもう待機していません。生成すると新しいジョブになります。</translation>
    </message>
</context>
<context>
    <name>Swatches</name>
    <message>
        <source>Paint with {colour}</source>
        <translation>{colour} で描く</translation>
    </message>
    <message>
        <source>Paint with {colour}; Alt and a click pick a colour of the map</source>
        <translation>{colour} で描く（Alt+クリックでマップの色を取得）</translation>
    </message>
</context>
<context>
    <name>Timeline</name>
    <message>
        <source>The frames of the take appear here while they are made.</source>
        <translation>テイクのフレームが生成されるそばからここに並びます。</translation>
    </message>
    <message>
        <source>the model makes shots of {frames} f</source>
        <translation>モデルのショットは {frames} f</translation>
    </message>
    <message>
        <source>One prompt for the whole take: + adds segments.</source>
        <translation>テイク全体に 1 つのプロンプト。+ でセグメントを追加。</translation>
    </message>
    <message>
        <source>no prompt yet</source>
        <translation>プロンプトなし</translation>
    </message>
    <message>
        <source>{frames} f</source>
        <translation>{frames} f</translation>
    </message>
    <message>
        <source>seed {seed}</source>
        <translation>シード {seed}</translation>
    </message>
    <message>
        <source>words ignored</source>
        <translation>無視される語あり</translation>
    </message>
    <message>
        <source>Switched off</source>
        <translation>オフ</translation>
    </message>
    <message>
        <source>Not used: it begins behind the end of the take</source>
        <translation>未使用：テイクの終わりより後に始まります</translation>
    </message>
    <message>
        <source>Drop a picture or a movie here: these frames follow it.</source>
        <translation>画像や動画をここにドロップすると、そのフレームが沿います。</translation>
    </message>
    <message>
        <source>{kind}: {name}, frames {first} to {last}, weight {weight}</source>
        <translation>{kind}：{name}、フレーム {first} ～ {last}、重み {weight}</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>プロンプト</translation>
    </message>
    <message>
        <source>Control</source>
        <translation>コントロール</translation>
    </message>
    <message>
        <source>Take</source>
        <translation>テイク</translation>
    </message>
    <message>
        <source>Drag to change the length; what follows moves</source>
        <translation>ドラッグで長さを変更（後ろは動きます）</translation>
    </message>
    <message>
        <source>Drag to move the border; the length of the take stays</source>
        <translation>ドラッグで境目を移動（テイクの長さは変わりません）</translation>
    </message>
    <message>
        <source>Comes over within {frames}; drag to change</source>
        <translation>{frames}かけて移行（ドラッグで変更）</translation>
    </message>
    <message>
        <source>Frame {number}, {time}</source>
        <translation>フレーム {number}、{time}</translation>
    </message>
    <message>
        <source>{count} segments, {frames}, {length}. Segment {number}: {prompt}</source>
        <translation>{count} セグメント、{frames}、{length}。セグメント {number}：{prompt}</translation>
    </message>
</context>
<context>
    <name>TimelinePanel</name>
    <message>
        <source>One prompt fills the whole take. Add segments to let it travel from prompt to prompt.</source>
        <translation>1 つのプロンプトがテイク全体を満たします。セグメントを足すと、プロンプトからプロンプトへ移っていきます。</translation>
    </message>
    <message>
        <source>Add segments</source>
        <translation>セグメントを追加</translation>
    </message>
    <message>
        <source>Segments</source>
        <translation>セグメント</translation>
    </message>
    <message>
        <source>Control clips</source>
        <translation>コントロールクリップ</translation>
    </message>
</context>
<context>
    <name>TimelineView</name>
    <message>
        <source>Timeline</source>
        <translation>タイムライン</translation>
    </message>
</context>
<context>
    <name>TokenHelp</name>
    <message>
        <source>{count} of {room} tokens</source>
        <translation>{count}/{room} トークン</translation>
    </message>
    <message>
        <source>{model} will not read the last {n} tokens</source>
        <translation>{model} は最後の {n} トークンを読みません</translation>
    </message>
    <message>
        <source>{model} will not read: {words}</source>
        <translation>{model} が読まない語：{words}</translation>
    </message>
</context>
<context>
    <name>TransportStrip</name>
    <message>
        <source>{number} of {count}</source>
        <translation>{number}/{count}</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>再生</translation>
    </message>
</context>
<context>
    <name>VideoControls</name>
    <message>
        <source>add segment</source>
        <translation>セグメントを追加</translation>
    </message>
    <message>
        <source>split</source>
        <translation>分割</translation>
    </message>
    <message>
        <source>transition</source>
        <translation>トランジション</translation>
    </message>
    <message>
        <source>cut</source>
        <translation>カット</translation>
    </message>
    <message>
        <source>delete segments</source>
        <translation>セグメントを削除</translation>
    </message>
    <message>
        <source>There is no finished take on the canvas; wait for it, or choose one from the gallery.</source>
        <translation>キャンバスに完成したテイクがありません。完成を待つか、ギャラリーで選んでください。</translation>
    </message>
    <message>
        <source>The take is {size}, the settings are {other_size}; use the take&apos;s settings (Edit menu), or generate a new take.</source>
        <translation>テイクは {size}、現在の設定は {other_size} です。テイクの設定を使うか（編集メニュー）、新しいテイクを生成してください。</translation>
    </message>
    <message>
        <source>The take has {frames}, the timeline {other_frames}; use the take&apos;s settings (Edit menu), or generate a new take.</source>
        <translation>テイクは {frames}、タイムラインは {other_frames} です。テイクの設定を使うか（編集メニュー）、新しいテイクを生成してください。</translation>
    </message>
</context>
<context>
    <name>WeightField</name>
    <message>
        <source>{layer}: weight</source>
        <translation>{layer}：重み</translation>
    </message>
    <message>
        <source>{layer}: weight as a number</source>
        <translation>{layer}：重み（数値）</translation>
    </message>
</context>
<context>
    <name>_Counts</name>
    <message numerus="yes">
        <source>%n pictures</source>
        <translation>
            <numerusform>%n 枚</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n steps</source>
        <translation>
            <numerusform>%n ステップ</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n frames</source>
        <translation>
            <numerusform>%n フレーム</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>controls</name>
    <message>
        <source>Balanced</source>
        <translation>バランス</translation>
    </message>
    <message>
        <source>My prompt is more important</source>
        <translation>プロンプトを優先</translation>
    </message>
    <message>
        <source>Control is more important</source>
        <translation>コントロールを優先</translation>
    </message>
    <message>
        <source>Just resize</source>
        <translation>引き伸ばす</translation>
    </message>
    <message>
        <source>Crop and resize</source>
        <translation>切り抜いて合わせる</translation>
    </message>
    <message>
        <source>Resize and fill</source>
        <translation>収めて余白を埋める</translation>
    </message>
    <message>
        <source>{reason}. Maps can still be made.</source>
        <translation>{reason}。マップの生成はできます。</translation>
    </message>
    <message>
        <source>{model} has no control adapters yet; maps can still be made.</source>
        <translation>{model} にはまだコントロールアダプターがありません。マップの生成はできます。</translation>
    </message>
    <message>
        <source>Not used: {model} takes no controls here</source>
        <translation>未使用：{model} はここでコントロールを使えません</translation>
    </message>
    <message>
        <source>Not used: a movie or a folder controls takes, not pictures</source>
        <translation>未使用：動画やフォルダーはテイク用です</translation>
    </message>
    <message>
        <source>Not used: {model} has no adapter for it</source>
        <translation>未使用：{model} に対応アダプターがありません</translation>
    </message>
    <message>
        <source>Not used: {model} has no adapter for it; it has {known}</source>
        <translation>未使用：{model} に対応アダプターがありません（対応：{known}）</translation>
    </message>
</context>
<context>
    <name>detectors</name>
    <message>
        <source>Canny edges</source>
        <translation>輪郭 (Canny)</translation>
    </message>
    <message>
        <source>Content shuffle</source>
        <translation>内容シャッフル</translation>
    </message>
    <message>
        <source>Line art, standard</source>
        <translation>線画（標準）</translation>
    </message>
    <message>
        <source>Soft edges (HED)</source>
        <translation>ソフトな輪郭 (HED)</translation>
    </message>
    <message>
        <source>Soft edges (PidiNet)</source>
        <translation>ソフトな輪郭 (PidiNet)</translation>
    </message>
    <message>
        <source>Straight lines (M-LSD)</source>
        <translation>直線 (M-LSD)</translation>
    </message>
    <message>
        <source>Line art, realistic</source>
        <translation>線画（写実）</translation>
    </message>
    <message>
        <source>Line art, anime</source>
        <translation>線画（アニメ）</translation>
    </message>
    <message>
        <source>Edges (TEED)</source>
        <translation>輪郭 (TEED)</translation>
    </message>
    <message>
        <source>Line art (Anyline)</source>
        <translation>線画 (Anyline)</translation>
    </message>
    <message>
        <source>Normals (BAE)</source>
        <translation>法線 (BAE)</translation>
    </message>
    <message>
        <source>Depth (MiDaS)</source>
        <translation>深度 (MiDaS)</translation>
    </message>
    <message>
        <source>Depth (LeReS)</source>
        <translation>深度 (LeReS)</translation>
    </message>
    <message>
        <source>Depth (ZoeDepth)</source>
        <translation>深度 (ZoeDepth)</translation>
    </message>
    <message>
        <source>Depth (Depth Anything V2)</source>
        <translation>深度 (Depth Anything V2)</translation>
    </message>
    <message>
        <source>Depth (Papercut, built in)</source>
        <translation>深度 (Papercut、内蔵)</translation>
    </message>
    <message>
        <source>Pose (OpenPose)</source>
        <translation>ポーズ (OpenPose)</translation>
    </message>
    <message>
        <source>Segments (Papercut, built in)</source>
        <translation>領域分割 (Papercut、内蔵)</translation>
    </message>
    <message>
        <source>Segments (SegFormer, ADE20K)</source>
        <translation>領域分割 (SegFormer、ADE20K)</translation>
    </message>
    <message>
        <source>Segments (Segment Anything)</source>
        <translation>領域分割 (Segment Anything)</translation>
    </message>
    <message>
        <source>Segments (MobileSAM)</source>
        <translation>領域分割 (MobileSAM)</translation>
    </message>
    <message>
        <source>Low</source>
        <translation>下限</translation>
    </message>
    <message>
        <source>High</source>
        <translation>上限</translation>
    </message>
    <message>
        <source>Grain</source>
        <translation>粒度</translation>
    </message>
    <message>
        <source>Sigma</source>
        <translation>シグマ</translation>
    </message>
    <message>
        <source>Threshold</source>
        <translation>しきい値</translation>
    </message>
    <message>
        <source>Safe</source>
        <translation>階調化</translation>
    </message>
    <message>
        <source>Scribble</source>
        <translation>落書き風</translation>
    </message>
    <message>
        <source>Score</source>
        <translation>確信度</translation>
    </message>
    <message>
        <source>Distance</source>
        <translation>長さ</translation>
    </message>
    <message>
        <source>Coarse</source>
        <translation>粗い</translation>
    </message>
    <message>
        <source>Levels</source>
        <translation>階調数</translation>
    </message>
    <message>
        <source>Near</source>
        <translation>手前</translation>
    </message>
    <message>
        <source>Far</source>
        <translation>奥</translation>
    </message>
    <message>
        <source>Gamma</source>
        <translation>ガンマ</translation>
    </message>
    <message>
        <source>Body</source>
        <translation>体</translation>
    </message>
    <message>
        <source>Hands</source>
        <translation>手</translation>
    </message>
    <message>
        <source>Face</source>
        <translation>顔</translation>
    </message>
    <message>
        <source>Gradient that carries an edge on</source>
        <translation>輪郭をつなげる勾配</translation>
    </message>
    <message>
        <source>Gradient that starts an edge</source>
        <translation>輪郭の始まりとする勾配</translation>
    </message>
    <message>
        <source>Size of what is moved, in pixels</source>
        <translation>動かす単位の大きさ（ピクセル）</translation>
    </message>
    <message>
        <source>How far around a pixel its paper is looked for, in pixels</source>
        <translation>各ピクセルの周囲で紙の色を探す範囲（ピクセル）</translation>
    </message>
    <message>
        <source>Darkness from which a pixel is a line</source>
        <translation>線とみなす暗さ</translation>
    </message>
    <message>
        <source>Three levels of grey instead of soft edges</source>
        <translation>ソフトな輪郭の代わりに 3 階調</translation>
    </message>
    <message>
        <source>Thick strokes, as drawn by hand</source>
        <translation>手描きのような太い線</translation>
    </message>
    <message>
        <source>How sure a line must be</source>
        <translation>線とみなす確信度</translation>
    </message>
    <message>
        <source>Shortest line, in pixels of its map</source>
        <translation>最短の線（マップのピクセル）</translation>
    </message>
    <message>
        <source>Fewer and rougher lines</source>
        <translation>線を少なく粗く</translation>
    </message>
    <message>
        <source>Levels of grey; 0 for all</source>
        <translation>グレーの階調数。0 はすべて</translation>
    </message>
    <message>
        <source>Cut off what is nearer, in percent</source>
        <translation>これより手前を切り捨て(%)</translation>
    </message>
    <message>
        <source>Cut off what is farther, in percent</source>
        <translation>これより奥を切り捨て(%)</translation>
    </message>
    <message>
        <source>Darken the distance</source>
        <translation>遠くを暗く</translation>
    </message>
    <message>
        <source>Draw the body</source>
        <translation>体を描く</translation>
    </message>
    <message>
        <source>Find hands, too</source>
        <translation>手も検出</translation>
    </message>
    <message>
        <source>Find faces, too</source>
        <translation>顔も検出</translation>
    </message>
</context>
<context>
    <name>edits</name>
    <message>
        <source>change length</source>
        <translation>長さを変更</translation>
    </message>
    <message>
        <source>move border</source>
        <translation>境目を移動</translation>
    </message>
    <message>
        <source>change transition</source>
        <translation>トランジションを変更</translation>
    </message>
    <message>
        <source>move segments</source>
        <translation>セグメントを移動</translation>
    </message>
    <message>
        <source>{model} makes pictures only; choose a model that makes videos</source>
        <translation>{model} は画像専用です。動画を作れるモデルを選んでください</translation>
    </message>
    <message>
        <source>picture or video</source>
        <translation>画像か動画か</translation>
    </message>
    <message>
        <source>move controls</source>
        <translation>コントロールを移動</translation>
    </message>
    <message>
        <source>trim control</source>
        <translation>コントロールをトリム</translation>
    </message>
    <message>
        <source>delete</source>
        <translation>削除</translation>
    </message>
    <message>
        <source>change weight</source>
        <translation>重みを変更</translation>
    </message>
</context>
<context>
    <name>formats</name>
    <message>
        <source>MP4, H.264</source>
        <translation>MP4、H.264</translation>
    </message>
    <message>
        <source>Plays everywhere: to send and to show</source>
        <translation>どこでも再生できます：送る・見せる用</translation>
    </message>
    <message>
        <source>MP4, H.265</source>
        <translation>MP4、H.265</translation>
    </message>
    <message>
        <source>For newer devices and televisions</source>
        <translation>新しい機器とテレビ向け</translation>
    </message>
    <message>
        <source>MP4, AV1</source>
        <translation>MP4、AV1</translation>
    </message>
    <message>
        <source>For today&apos;s browsers, in ten bits</source>
        <translation>最近のブラウザー向け、10 ビット</translation>
    </message>
    <message>
        <source>WebM, VP9</source>
        <translation>WebM、VP9</translation>
    </message>
    <message>
        <source>For web pages; small files</source>
        <translation>ウェブページ向け、小さなファイル</translation>
    </message>
    <message>
        <source>MOV, ProRes 422 HQ</source>
        <translation>MOV、ProRes 422 HQ</translation>
    </message>
    <message>
        <source>For editing and grading anywhere</source>
        <translation>編集・グレーディング全般</translation>
    </message>
    <message>
        <source>MOV, DNxHR HQ</source>
        <translation>MOV、DNxHR HQ</translation>
    </message>
    <message>
        <source>For editing in Avid and Resolve</source>
        <translation>Avid と Resolve での編集用</translation>
    </message>
    <message>
        <source>MKV, FFV1</source>
        <translation>MKV、FFV1</translation>
    </message>
    <message>
        <source>To keep: every pixel as it is</source>
        <translation>保管用：すべてのピクセルをそのまま</translation>
    </message>
    <message>
        <source>GIF</source>
        <translation>GIF</translation>
    </message>
    <message>
        <source>Loops anywhere, in 256 colours</source>
        <translation>どこでもループ再生、256 色</translation>
    </message>
    <message>
        <source>WebP</source>
        <translation>WebP</translation>
    </message>
    <message>
        <source>Loops in browsers, in all colours</source>
        <translation>ブラウザーでループ再生、フルカラー</translation>
    </message>
    <message>
        <source>PNG pictures</source>
        <translation>PNG 連番</translation>
    </message>
    <message>
        <source>A folder: every pixel as it is</source>
        <translation>フォルダー：すべてのピクセルをそのまま</translation>
    </message>
    <message>
        <source>OpenEXR pictures</source>
        <translation>OpenEXR 連番</translation>
    </message>
    <message>
        <source>A folder for compositing, in linear light</source>
        <translation>合成用フォルダー、リニア</translation>
    </message>
    <message>
        <source>Timeline, OTIO</source>
        <translation>タイムライン、OTIO</translation>
    </message>
    <message>
        <source>The cuts, for Resolve and Kdenlive</source>
        <translation>カット情報、Resolve と Kdenlive 向け</translation>
    </message>
</context>
<context>
    <name>menus</name>
    <message>
        <source>&amp;File</source>
        <translation>ファイル(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>編集(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>表示(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Generate</source>
        <translation>生成(&amp;G)</translation>
    </message>
    <message>
        <source>&amp;Timeline</source>
        <translation>タイムライン(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Queue</source>
        <translation>キュー(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>ヘルプ(&amp;H)</translation>
    </message>
    <message>
        <source>Open recent project</source>
        <translation>最近のプロジェクトを開く</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>言語 (Language)</translation>
    </message>
    <message>
        <source>Examples</source>
        <translation>サンプル</translation>
    </message>
    <message>
        <source>Colours of the system</source>
        <translation>システムの配色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>ダーク</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>ライト</translation>
    </message>
    <message>
        <source>Language of the system</source>
        <translation>システムの言語</translation>
    </message>
</context>
<context>
    <name>words</name>
    <message>
        <source>{seconds} s</source>
        <translation>{seconds} 秒</translation>
    </message>
</context>
</TS>
